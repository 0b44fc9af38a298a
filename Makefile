# The verbs anyone runs; bare `make` prints them, in the order and the groups (`##@`) of this file.
# A target is one command; what needs more is a verb of `arepas`. Settings come from the environment
# (.env.example) or from the command line.
SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help
.NOTPARALLEL:
.PHONY: approve backfill backtest bench bench-before bench-daily bench-ingest bench-monitoring bench-publish bench-quality bench-serve \
	bench-site bench-year bi-clients build check check-fast ci-local compare-spark daily dbt-changed \
	demo-data docs docs-pictures docs-tables doctor forget freshness help hourly install lint lock mlflow next-engines orders parquet promote pull \
	push-image rebuild replay report restore retrain retrain-if-due rollback sbom serve setup-spark site \
	spark-build spark-score spark-train superset test test-kills test-spark train

PYTHON ?= python3
BIN := .venv/bin
INSTALLED := .venv/.installed
# What dbt makes of its files is kept for all runs; parsing them costs each of them five seconds of CPU.
# It goes with its folder, not with the environment, which CI's cache brings back alone.
PARSED := target/.parsed
# Of a name with a blank or such in it make would ask how it is made: what it takes is named.
READ_BY_DBT = \
	$(shell find *.yml models macros seeds tests/dbt docs -type f ! -path '*[!A-Za-z0-9_./-]*')
# uv compiles nothing, and where PYTHONDONTWRITEBYTECODE is set each process would compile all that it
# imports again, for a third of its CPU: an environment's installation imports what its verbs do.
COMPILING := env -u PYTHONDONTWRITEBYTECODE
RUN = deploy/bin/note-status $(BIN)/arepas

# Every command takes its day from AS_OF; make's own variables reach the verbs through the environment.
export AS_OF ?=
export RAW_DATA_DIR WAREHOUSE_PATH BI_PATH PUBLISH_URL MLFLOW_TRACKING_URI MLFLOW_ARTIFACT_ROOT REPORTS_DIR \
	PUBLIC_DIR AREPA_TYPES PHASES METRICS HORIZON_DAYS QUARANTINE_LIMIT LOG_LEVEL \
	LOG_FORMAT PUSHGATEWAY_URL HOST PORT API_KEYS API_KEYS_FOR_READS RATE_LIMIT MAX_REQUEST_BYTES \
	CHAMPION_POLL_SECONDS TRUSTED_PROXIES ANSWERS_URL ANSWERS_KEY \
	PROMOTION_MODE AREPA_TYPE START END OUT KITCHEN MACHINE PHASE FROM TO BASE \
	SITE_URL CURRENCY ANSWERS_TO RECIPIENTS_FILE NOTIFY_URLS ALERT_PROBABILITY SPARK_DIR SPARK_MASTER \
	SPARK_SETTINGS_FILE RAW_LAYOUTS PULL_SOURCES ORDERS_DIR ORDERS_URL ORDERS_TOKEN ORDERS_LAYOUT
# Not where it is unset: to the C library an empty zone is UTC, not the machine's.
ifdef TZ
export TZ
endif
export FILE
export KITCHENS ?= 10
export DAYS ?= 548
export SEED ?= 7

help:
	@echo "make VERB [AS_OF=2026-11-22]: what stands in [ ] may be left out"
	@awk 'BEGIN { FS = ":.*## " } \
		/^##@ / { printf "\n%s\n", substr($$0, 5) } \
		/^[a-z-]+:.*## / { printf "  %-17s%s\n", $$1, $$2 }' $(firstword $(MAKEFILE_LIST))

##@ First

daily: $(PARSED) ## The whole morning: load, build, score, plan, publish
	@$(RUN) daily --as-of "$$AS_OF"

retrain: $(PARSED) ## Train and promote, as the two-monthly job does
	@$(RUN) retrain --as-of "$$AS_OF"

retrain-if-due: $(PARSED) ## The same, only where models do worse or a gauge drifts
	@$(RUN) retrain-if-due --as-of "$$AS_OF"

hourly: $(INSTALLED) ## Hourly means as CSV: START= END= OUT= [KITCHEN= MACHINE= PHASE= AREPA_TYPES=]
	@$(RUN) hourly --as-of "$$AS_OF" --start "$$START" --end "$$END" --out "$$OUT" \
		--kitchen "$$KITCHEN" --machine "$$MACHINE" --phase "$$PHASE"

doctor: $(INSTALLED) ## Say what is set, reachable, writable, and fits together
	@$(RUN) doctor --as-of "$$AS_OF"

test: $(PARSED) .venv-superset/.installed .venv-pull/.installed ## All tests, with nothing prepared
	@.ci/system-packages
	@.ci/both-suites

##@ A morning, part by part

site: $(INSTALLED) ## Everything publishable in PUBLIC_DIR, from what is published
	@$(RUN) site --as-of "$$AS_OF"

report: $(INSTALLED) ## The daily report from what is published: [KITCHEN=]
	@$(RUN) report --as-of "$$AS_OF" --kitchen "$$KITCHEN"

build: $(PARSED) ## Load the raw files and build up to the features
	@$(RUN) build --as-of "$$AS_OF"

freshness: $(PARSED) ## How old the newest delivery of each kind of raw file is, against its limit
	@$(RUN) freshness

backfill: $(PARSED) ## Past days, as if each had been run on its morning: FROM= TO=
	@$(RUN) backfill --from "$$FROM" --to "$$TO"

##@ Models

train: $(INSTALLED) ## Fit a challenger per arepa type
	@$(RUN) train --as-of "$$AS_OF"

promote: $(INSTALLED) ## Move the champion alias where the challenger earned it
	@$(RUN) promote --as-of "$$AS_OF"

approve: $(INSTALLED) ## Make the proposed version champion (PROMOTION_MODE=manual): AREPA_TYPE=
	@$(RUN) approve --as-of "$$AS_OF" --arepa-type "$$AREPA_TYPE"

rollback: $(INSTALLED) ## Give the alias back to the previous champion: AREPA_TYPE=
	@$(RUN) rollback --as-of "$$AS_OF" --arepa-type "$$AREPA_TYPE"

replay: $(PARSED) ## Predict and decide a past morning again: equal, or what changed: AS_OF= MACHINE=
	@$(RUN) replay --as-of "$$AS_OF" --machine "$$MACHINE"

backtest: $(INSTALLED) ## Replay past trainings and say what their decisions cost
	@$(RUN) backtest --as-of "$$AS_OF"

mlflow: $(INSTALLED) ## MLflow's own page on the configured store, for this machine alone: [MLFLOW_PORT=]
	@$(RUN) mlflow --port "$(or $(MLFLOW_PORT),5000)"

##@ Data

rebuild: $(PARSED) ## Build everything up to the features anew, from all lines ever loaded
	@$(RUN) rebuild --as-of "$$AS_OF"

restore: $(PARSED) ## Recover what can be read of a damaged warehouse, and build the rest
	@$(RUN) restore --as-of "$$AS_OF"

forget: $(PARSED) ## Take the rows of a file back that is gone from the folder: FILE=
	@$(RUN) forget --as-of "$$AS_OF" --file "$$FILE"

parquet: $(INSTALLED) ## What is published as Parquet files, too, in a folder beside BI_PATH
	@$(RUN) parquet

demo-data: $(INSTALLED) ## The simulated fleet's raw files alone: [KITCHENS= DAYS= SEED=]
	@$(RUN) demo-data --as-of "$$AS_OF" --kitchens "$$KITCHENS" --days "$$DAYS" \
		--seed "$$SEED"

##@ For readers and other programs

orders: $(PARSED) ## The morning's stops as work orders, each exactly once
	@$(RUN) orders --as-of "$$AS_OF"

pull: .venv-pull/.installed ## Databases and shares (PULL_SOURCES) into RAW_DATA_DIR, each row once
	@deploy/bin/note-status .venv-pull/bin/arepas pull --as-of "$$AS_OF"

.venv-pull/.installed: requirements-pull.txt pyproject.toml $(INSTALLED)
	$(PYTHON) -m venv .venv-pull
	$(BIN)/uv pip install --quiet --python .venv-pull/bin/python --require-hashes --requirement $<
	$(BIN)/uv pip install --quiet --python .venv-pull/bin/python --no-deps --editable .
	@$(COMPILING) .venv-pull/bin/python -c "import python_ml.engines.sources"
	touch $@

superset: .venv-superset/.installed ## Apache Superset on loopback, on what is published: [SUPERSET_PORT=]
	@dashboard/superset/serve

.venv-superset/.installed: dashboard/superset/requirements.txt $(INSTALLED)
	$(PYTHON) -m venv .venv-superset
	$(BIN)/uv pip install --quiet --python .venv-superset/bin/python --require-hashes --requirement $<
	touch $@

serve: $(PARSED) ## The prediction endpoint: [HOST= PORT=]
	@$(RUN) serve

docs: $(PARSED) ## The dbt docs page, one static file
	@$(RUN) docs

##@ On Spark

# What its verbs import, on the driver and on the executors.
COMPILED_FOR_SPARK := python_ml.spark.build, python_ml.spark.score, python_ml.spark.train, \
	dbt.adapters.spark.impl, dbt.task.build, mlflow.store.tracking.sqlalchemy_store, pyspark.worker

setup-spark: .venv-spark/.installed ## The Spark target's own environment: pyspark, dbt-spark; needs Java 17

.venv-spark/.installed: requirements-spark.txt pyproject.toml $(INSTALLED)
	$(PYTHON) -m venv .venv-spark
	$(BIN)/uv pip install --quiet --python .venv-spark/bin/python --require-hashes --requirement $<
	$(BIN)/uv pip install --quiet --python .venv-spark/bin/python --no-deps --editable .
	@$(COMPILING) .venv-spark/bin/python -c "import $(COMPILED_FOR_SPARK)"
	touch $@

spark-build: setup-spark ## Load the raw files and build up to the features on Spark
	@deploy/bin/note-status .venv-spark/bin/arepas spark-build --as-of "$$AS_OF"

spark-train: setup-spark ## Fit challengers on the executors; the driver logs them to MLflow
	@deploy/bin/note-status .venv-spark/bin/arepas spark-train --as-of "$$AS_OF"

spark-score: setup-spark ## Predict on the executors, with champions or else the newest models
	@deploy/bin/note-status .venv-spark/bin/arepas spark-score --as-of "$$AS_OF"

compare-spark: setup-spark ## The same raw files through DuckDB and Spark, and how far they are apart
	@deploy/bin/note-status .venv-spark/bin/arepas compare-spark --as-of "$$AS_OF"

##@ Working on the code

# What a morning imports, its notebook and MLflow's store included.
COMPILED := python_ml.morning.daily, dbt.task.build, mlflow.store.tracking.sqlalchemy_store, \
	ipykernel.kernelapp, ipykernel.ipkernel, matplotlib.pyplot

install: $(PARSED) ## Install everything the project needs into .venv

$(INSTALLED): requirements-uv.txt requirements-dev.txt pyproject.toml
	$(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --require-hashes --requirement requirements-uv.txt
	$(BIN)/uv pip install --quiet --python $(BIN)/python --require-hashes --requirement requirements-dev.txt
	$(BIN)/uv pip install --quiet --python $(BIN)/python --no-deps --editable .
	@$(COMPILING) PYDEVD_DISABLE_FILE_VALIDATION=1 $(BIN)/python -c "import $(COMPILED)"
	touch $@

# Where nothing can be kept, or dbt refuses a file, it says so, and so will the verb, in its own way.
# Where files are only read, as in the image, all is left as it is.
$(PARSED): $(INSTALLED) $(READ_BY_DBT)
	@mkdir -p $(@D) 2> /dev/null && [[ -w $(@D) ]] || exit 0; \
	$(BIN)/python -m python_ml.engines.keep_parsed && touch $@ || true

check-fast: lint ## Lint, types, house rules and all tests that start nothing, under a minute
	@$(BIN)/python -m pytest --numprocesses 2 -m "not slow" tests/python_ml tests/runs/test_architecture.py

check: lint test ## What a merge request must pass

lint: $(INSTALLED) ## Format, style, types, house rules
	$(BIN)/ruff format --check
	$(BIN)/ruff check
	$(BIN)/ty check
	$(BIN)/lint-imports

test-kills: $(INSTALLED) ## Kill fifty mornings, not eight as `make test` does: [KILLS=]
	@KILLS=$(or $(KILLS),50) $(BIN)/python -m pytest tests/runs/test_killed_runs.py

# Small queries pay for Java's second compiler and its parallel collector and gain nothing by them.
# With one compiler Java keeps 48 MB for code unless told otherwise, which the whole suite fills.
TEST_JAVA := -XX:TieredStopAtLevel=1 -XX:+UseSerialGC -XX:ReservedCodeCacheSize=240m

test-spark: setup-spark ## The tests that need Spark; `make test` runs them where there is Java
	@JDK_JAVA_OPTIONS="$(TEST_JAVA) $${JDK_JAVA_OPTIONS:-}" \
		.venv-spark/bin/python -m pytest -m spark

docs-tables: $(INSTALLED) ## Write .env.example and the docs' tables of settings and modules anew
	@$(BIN)/python -m docs.settings
	@$(BIN)/python -m docs.rooms

docs-pictures: $(INSTALLED) ## Take the documents' pictures of the page anew, of the site in PUBLIC_DIR
	@$(BIN)/python -m docs.pictures

lock: $(INSTALLED) ## Write the lock files anew from pyproject.toml
	echo uv | $(BIN)/uv pip compile --quiet --upgrade --generate-hashes - -o requirements-uv.txt
	echo cyclonedx-bom | $(BIN)/uv pip compile --quiet --upgrade --generate-hashes - -o requirements-sbom.txt
	$(BIN)/uv pip compile --quiet --upgrade --generate-hashes pyproject.toml -o requirements.txt
	$(BIN)/uv pip compile --quiet --upgrade --generate-hashes --extra dev pyproject.toml -o requirements-dev.txt
	$(BIN)/uv pip compile --quiet --upgrade --generate-hashes --extra dev --extra spark \
		--constraint requirements-dev.txt pyproject.toml -o requirements-spark.txt
	$(BIN)/uv pip compile --quiet --upgrade --generate-hashes --extra pull \
		--constraint requirements.txt pyproject.toml -o requirements-pull.txt
	$(BIN)/uv pip compile --quiet --upgrade --generate-hashes dashboard/superset/requirements.in \
		-o dashboard/superset/requirements.txt
	npm install --prefix $(NPM) --package-lock-only --ignore-scripts --no-audit --no-fund --silent

dbt-changed: $(INSTALLED) ## What a change touched in dbt, built on what BASE builds: [BASE=origin/main]
	@.ci/dbt-changed

NPM := .ci/npm
GITLAB_CI_LOCAL := $(NPM)/node_modules/.bin/gitlab-ci-local

ci-local: $(GITLAB_CI_LOCAL) ## Jobs of .gitlab-ci.yml here, no container; needs npm, rsync: JOB= [SOURCE= SCHEDULE=]
	@$(GITLAB_CI_LOCAL) --force-shell-executor --ignore-predefined-vars CI_PIPELINE_SOURCE \
		--variable CI_PIPELINE_SOURCE=$(or $(SOURCE),merge_request_event) --variable SCHEDULE=$(SCHEDULE) $(JOB)

$(GITLAB_CI_LOCAL): $(NPM)/package-lock.json
	npm ci --prefix $(NPM) --ignore-scripts --no-audit --no-fund --silent
	touch $@

push-image: ## Build the image and push it to CI_REGISTRY_IMAGE; needs buildah
	@.ci/push-image

# Of its own: what it brings along makes each start of dbt a second longer.
.venv-sbom/.installed: requirements-sbom.txt $(INSTALLED)
	$(PYTHON) -m venv .venv-sbom
	$(BIN)/uv pip install --quiet --python .venv-sbom/bin/python --require-hashes --requirement $<
	touch $@

sbom: .venv-sbom/.installed ## What the image holds, as CycloneDX: [OUT=sbom.cdx.json]
	@.venv-sbom/bin/cyclonedx-py requirements requirements.txt --pyproject pyproject.toml \
		--output-reproducible --output-file $(or $(OUT),sbom.cdx.json)

##@ Measuring

bench: $(PARSED) ## Raw files to features, 1, 10 and 50 M readings: [READINGS= REPEATS= QUOTED= OUT=]
	@$(BIN)/python -m benchmarks.raw_to_features $(if $(READINGS),--readings $(READINGS)) \
		$(if $(QUOTED),--quoted) \
		--repeats $(or $(REPEATS),3) --out "$$OUT"

bench-year: $(PARSED) ## A thousand machines' year, raw files to plan, in five minutes
	@$(BIN)/python -m benchmarks.year

bench-before: $(INSTALLED) ## Against a commit before, in turns: [BASE= PARTS= REPEATS= OUT=]
	@$(BIN)/python -m benchmarks.before $(or $(BASE),e1091f4) --parts $(or $(PARTS),tiny,unchanged) \
		--repeats $(or $(REPEATS),3) --out "$$OUT"

bench-daily: $(PARSED) ## Where a morning's time goes, step by step: a first one and an unchanged one
	@$(BIN)/python -m benchmarks.daily

bench-ingest: $(PARSED) ## A day after three years against after 30 days, back-fill, rebuild, load: [PARTS= READINGS=]
	@$(BIN)/python -m benchmarks.ingest $(if $(PARTS),--parts $(PARTS)) \
		$(if $(READINGS),--layout-readings $(READINGS)) --out "$$OUT"

bench-quality: $(PARSED) ## Models beside plain trees, a calendar and the bounds: [PARTS= SEEDS=]
	@$(BIN)/python -m benchmarks.quality --parts $(or $(PARTS),azure,fleet,worlds,week,speed)

bench-monitoring: $(PARSED) ## Drift's false alarms and finds, savings, cost: [PARTS= FIRST_SEED= EVIDENTLY_PYTHON=]
	@$(BIN)/python -m benchmarks.monitoring $(if $(PARTS),--parts $(PARTS)) \
		--first-seed $(or $(FIRST_SEED),0)

bench-serve: $(PARSED) ## The endpoint against `mlflow models serve`: requests, latency, memory
	@$(BIN)/python -m benchmarks.serve

bench-site: $(INSTALLED) ## Page and mail of a large fleet against pages that carry everything
	@$(BIN)/python -m benchmarks.seen_at_seven

bi-clients: $(INSTALLED) ## Which clients and versions read what is published: [ONLY=duckdb-engine]
	@$(BIN)/python -m benchmarks.bi_clients --only "$(ONLY)"

next-engines: $(INSTALLED) ## A morning on the next dbt and DuckDB, and whether it says the same: [ONLY=]
	@$(BIN)/python -m benchmarks.next_engines --only "$(ONLY)"

bench-publish: $(INSTALLED) ## A million rows to Postgres, against pandas' to_sql; orders: [PARTS= ROWS=]
	@$(BIN)/python -m benchmarks.publish --parts $(or $(PARTS),rows,orders) --rows $(or $(ROWS),1000000)
