"""Pipeline, image and manifests: valid, and the container's contract kept by the real morning."""

import json
import os
import re
import shlex
import shutil
import subprocess
import sys
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
import yaml

from python_ml.demo.files import DemoFleet, write_demo_data
from python_ml.settings import PROJECT_DIR, load_settings
from tests.conftest import RAW_FIXTURES, Workspace

TOOLS = Path(sys.executable).parent
DOCKERFILE = PROJECT_DIR / "deploy" / "Dockerfile"
NPM = PROJECT_DIR / ".ci" / "npm"
OVERLAYS = ("dev", "prod")
AS_OF = date(2026, 11, 20)

needs_bwrap = pytest.mark.skipif(
    shutil.which("bwrap") is None,
    reason="not run: `apt-get install bubblewrap` brings what it needs",
)


def run(*command: object, **options: Any) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [str(part) for part in command],
        cwd=PROJECT_DIR,
        capture_output=True,
        text=True,
        check=False,
        **options,
    )


@pytest.mark.parametrize(
    ("schema", "path"),
    [("gitlab-ci", ".gitlab-ci.yml"), ("compose-spec", "deploy/compose.yaml")],
)
def test_the_yaml_fits_its_schema(schema: str, path: str):
    transform = ["--data-transform", "gitlab-ci"] if schema == "gitlab-ci" else []
    done = run(TOOLS / "check-jsonschema", "--builtin-schema", f"vendor.{schema}", *transform, path)
    assert done.returncode == 0, done.stdout + done.stderr


def test_the_pipeline_runs_verbs_of_the_makefile_and_nothing_else():
    pipeline = yaml.safe_load((PROJECT_DIR / ".gitlab-ci.yml").read_text())
    verbs = set(re.findall(r"^([a-z-]+):", (PROJECT_DIR / "Makefile").read_text(), re.MULTILINE))
    scripts = {name: job["script"] for name, job in pipeline.items() if "script" in job}
    assert {
        "lint",
        "test",
        "dbt-changed",
        "push-image",
        "daily",
        "retrain",
        "retrain-if-due",
        "promote",
        "pages",
    } <= (scripts.keys())
    for script in scripts.values():
        for line in script:
            program, verb = line.split()
            assert program == "make"
            assert verb in verbs


def test_production_runs_the_image_s_code_whatever_an_earlier_job_left_in_the_folder():
    pipeline = yaml.safe_load((PROJECT_DIR / ".gitlab-ci.yml").read_text())
    production = pipeline[".production"]
    assert production["variables"]["GIT_STRATEGY"] == "none"
    begin = "; ".join(production.get("before_script", pipeline["default"]["before_script"]))
    (of_image,) = re.findall(r"^ENV PATH=([^:]+):", DOCKERFILE.read_text(), re.MULTILINE)
    done = run(
        "bash", "-c", f"{begin}; echo $PATH", env=os.environ | {"CI_PROJECT_DIR": "/builds/arepas"}
    )
    assert done.stdout.startswith(f"{of_image}:"), done.stdout


@pytest.mark.slow
def test_what_a_change_touched_in_dbt_is_found_against_its_base():
    done = run(PROJECT_DIR / ".ci" / "dbt-changed", env=os.environ | {"BASE": "HEAD"})
    assert done.returncode == 0, done.stdout + done.stderr
    assert "Nothing to do" in done.stdout or "Done." in done.stdout  # a tree with changes


def test_the_services_that_documents_start_are_those_of_compose():
    compose = yaml.safe_load((PROJECT_DIR / "deploy" / "compose.yaml").read_text())
    documents = [*(PROJECT_DIR / "docs").glob("*.md"), PROJECT_DIR / "deploy" / "crontab"]
    started = {
        name
        for path in documents
        for name in re.findall(r"docker compose run\s+--rm\s+([\w-]+)", path.read_text())
    }
    assert started
    assert started <= compose["services"].keys()


def test_no_two_verbs_are_ever_started_at_the_same_minute():
    deploy = PROJECT_DIR / "deploy"
    started = {
        "cron": re.findall(r"^(\d+ \d+) \S+ \S+ \S+ +cd", (deploy / "crontab").read_text(), re.M),
        "GitLab": re.findall(
            r'--cron "(\d+ \d+) ', (PROJECT_DIR / "docs" / "deployment.md").read_text()
        ),
        "Kubernetes": [
            " ".join(yaml.safe_load(path.read_text())["spec"]["schedule"].split()[:2])
            for path in (deploy / "kubernetes" / "base").glob("*.yaml")
            if "\nkind: CronJob" in path.read_text()
        ],
    }
    for where, times in started.items():
        assert len(times) >= 4, where
        assert len(set(times)) == len(times), where


def test_the_dockerfile_keeps_the_rules():
    done = run(TOOLS / "hadolint", DOCKERFILE)
    assert done.returncode == 0, done.stdout


@pytest.mark.parametrize("overlay", OVERLAYS)
def test_the_manifests_are_valid_and_restricted(overlay: str, tmp_path: Path):
    rendered = run(TOOLS / "kubectl", "kustomize", f"deploy/kubernetes/overlays/{overlay}")
    assert rendered.returncode == 0, rendered.stderr
    manifests = tmp_path / "rendered.yaml"
    manifests.write_text(rendered.stdout)
    checked = run(TOOLS / "kubernetes-validate", "--strict", manifests)
    assert checked.returncode == 0, checked.stdout + checked.stderr
    resources = list(yaml.safe_load_all(rendered.stdout))
    assert {resource["kind"] for resource in resources} >= {"CronJob", "Deployment", "Service"}
    for resource in resources:
        if resource["kind"] == "CronJob":
            assert_scheduled(resource["spec"])
            assert_restricted(resource["spec"]["jobTemplate"]["spec"]["template"])
        if resource["kind"] == "Deployment":
            assert_restricted(resource["spec"]["template"])


# Each variable that holds a secret, and the only workloads that get it.
SECRETS = {
    "arepas-daily": {
        "MLFLOW_TRACKING_URI", "PUSHGATEWAY_URL", "NOTIFY_URLS", "ANSWERS_KEY", "PUBLISH_URL",
        "ORDERS_URL", "ORDERS_TOKEN",
    },
    "arepas-retrain": {"MLFLOW_TRACKING_URI", "PUSHGATEWAY_URL"},
    "arepas-retrain-if-due": {"MLFLOW_TRACKING_URI", "PUSHGATEWAY_URL"},
    "arepas-promote": {"MLFLOW_TRACKING_URI", "PUSHGATEWAY_URL"},
    "arepas-endpoint": {"MLFLOW_TRACKING_URI", "API_KEYS", "ANSWERS_KEY"},
}  # fmt: skip


def test_each_pod_gets_its_own_secrets_and_only_the_morning_reaches_mail():
    rendered = run(TOOLS / "kubectl", "kustomize", "deploy/kubernetes/overlays/prod")
    resources = list(yaml.safe_load_all(rendered.stdout))
    pods = {
        resource["metadata"]["name"]: (resource["spec"].get("jobTemplate") or resource)["spec"][
            "template"
        ]
        for resource in resources
        if resource["kind"] in {"CronJob", "Deployment"}
    }
    for name, pod in pods.items():
        (container,) = pod["spec"]["containers"]
        assert [next(iter(source)) for source in container["envFrom"]] == ["configMapRef"]
        assert {variable["name"] for variable in container["env"]} == SECRETS[name]
        for variable in container["env"]:
            assert variable["valueFrom"]["secretKeyRef"]["key"] == variable["name"]
    assert pods.keys() == SECRETS.keys()
    mail = {25, 465, 587}
    policies = [it["spec"] for it in resources if it["kind"] == "NetworkPolicy"]
    reaching_mail = {
        name
        for name, pod in pods.items()
        for policy in policies
        if policy["podSelector"]["matchLabels"].items() <= pod["metadata"]["labels"].items()
        and mail & {port["port"] for rule in policy.get("egress", []) for port in rule["ports"]}
    }
    assert reaching_mail == {"arepas-daily"}


def test_tools_are_installed_by_hash_and_locks_hold_no_registry():
    for text in ((PROJECT_DIR / "Makefile").read_text(), DOCKERFILE.read_text()):
        for command in re.findall(r"pip install (?:\\\n|[^\n&])+", text):
            assert "--require-hashes" in command or "--no-deps --editable ." in command
        for command in re.findall(r"^.*\bnpm (?:ci|install)\b.*$", text, re.MULTILINE):
            assert "npm ci " in command or "--package-lock-only" in command
    for name, package in json.loads((NPM / "package-lock.json").read_text())["packages"].items():
        assert not name or package["integrity"].startswith("sha512-"), name
        assert "resolved" not in package, name
    for lock in PROJECT_DIR.glob("requirements*.txt"):
        pins = re.findall(
            r"^[\w.-]+(?:\[.*\])?(==\S+| @ ).*\\\n    --hash=", lock.read_text(), re.M
        )
        assert len(pins) == len(re.findall(r"^[\w.-]+", lock.read_text(), re.M)), lock
        assert "://" not in lock.read_text()


def assert_scheduled(cron: dict[str, Any]) -> None:
    assert cron["concurrencyPolicy"] == "Forbid"
    assert cron["timeZone"]
    assert cron["startingDeadlineSeconds"] > 0
    assert cron["jobTemplate"]["spec"]["activeDeadlineSeconds"] > 0
    assert cron["jobTemplate"]["spec"]["backoffLimit"] >= 1


def assert_restricted(template: dict[str, Any]) -> None:
    """What the pod security standard "restricted" asks for, and a read-only root beside it."""
    pod = template["spec"]
    assert pod["securityContext"]["runAsNonRoot"]
    assert pod["securityContext"]["runAsUser"] == uid_of_the_image()
    assert pod["securityContext"]["seccompProfile"]["type"] == "RuntimeDefault"
    # The network policies pick pods by this label.
    assert template["metadata"]["labels"]["app.kubernetes.io/name"] == "arepas"
    for container in pod["containers"]:
        security = container["securityContext"]
        assert not security["allowPrivilegeEscalation"]
        assert security["readOnlyRootFilesystem"]
        assert security["capabilities"]["drop"] == ["ALL"]
        assert container["resources"].keys() == {"requests", "limits"}
        assert container["image"] != "arepas"


def test_make_in_ci_and_image_keeps_the_verb_s_exit_status():
    make = PROJECT_DIR / "deploy" / "bin" / "make"
    note = "deploy/bin/note-status"
    for status in (0, 1, 3):
        done = run(make, "promote", f"RUN={note} bash -c 'exit {status}'")
        assert done.returncode == status, done.stderr
    assert run("make", "promote", f"RUN={note} bash -c 'exit 3'").returncode == 2
    assert run(make, "no-such-verb").returncode == 2


def uid_of_the_image() -> int:
    return int(re.search(r"^USER (\d+):", DOCKERFILE.read_text(), re.MULTILINE)[1])


def environment_of_the_image() -> dict[str, str]:
    text = DOCKERFILE.read_text().replace("\\\n", " ")
    line = re.search(r"^ENV (.+)$", text, re.MULTILINE)[1]
    return dict(part.split("=", 1) for part in shlex.split(line))


def test_the_image_writes_into_its_volume_alone():
    settings = load_settings(environment_of_the_image())
    places = {name: value for name, value in settings if isinstance(value, Path)}
    inside = {name for name, place in places.items() if place.is_relative_to(PROJECT_DIR)}
    # The one is only read, the other is of an environment that the image has not.
    assert inside == {"recipients_file", "spark_dir"}


def in_container(workspace: Workspace, *verb: str) -> subprocess.CompletedProcess[str]:
    """Run a verb as the image would, the project's own folder in place of /app.

    Another user, a root file system that cannot be written to, no network, the raw files
    read-only, one folder for what is written, an empty /tmp.
    """
    variables = environment_of_the_image()
    variables["PATH"] = variables["PATH"].replace("/app", str(PROJECT_DIR))
    variables["CODE_VERSION"] = "image"
    out = workspace.folder / "out"
    out.mkdir(exist_ok=True)
    uid = uid_of_the_image()
    root = [
        part
        for path in ("/usr", "/etc", "/bin", "/sbin", "/lib", "/lib64", "/opt")
        if Path(path).exists()
        for part in ("--ro-bind", path, path)
    ]
    pythons = (Path(sys.prefix).resolve(), sys.base_prefix)
    return run(
        "bwrap",
        *("--unshare-all", "--die-with-parent", "--new-session", "--uid", uid, "--gid", uid),
        *root,
        *("--proc", "/proc", "--dev", "/dev", "--tmpfs", "/tmp", "--tmpfs", "/data"),
        *("--ro-bind", PROJECT_DIR, PROJECT_DIR),
        *(part for path in pythons for part in ("--ro-bind", path, path)),
        *("--ro-bind", workspace.raw, "/data/raw", "--bind", out, "/data/out"),
        *("--remount-ro", "/data", "--remount-ro", "/", "--chdir", PROJECT_DIR, "--clearenv"),
        *(part for item in variables.items() for part in ("--setenv", *item)),
        *(PROJECT_DIR / "deploy" / "bin" / "make", *verb),
    )


@needs_bwrap
@pytest.mark.slow
def test_the_morning_keeps_the_container_s_contract(new_workspace: Callable[[], Workspace]):
    workspace = new_workspace()
    # Of 200 days the judged mornings hold five breakdowns, and no model earns its place.
    fleet = DemoFleet(2, 7, ("metric_1", "metric_2"), AS_OF - timedelta(days=230))
    write_demo_data(workspace.settings(), fleet, as_of=AS_OF)
    raw_before = sorted(path.stat().st_mtime_ns for path in workspace.raw.rglob("*"))
    done = in_container(workspace, "daily", f"AS_OF={AS_OF}")
    assert done.returncode in {0, 3}, done.stderr[-3000:]
    assert "Maintenance plan for the morning of 2026-11-20" in done.stdout
    out = workspace.folder / "out"
    assert {"warehouse.duckdb", "bi.duckdb", "mlflow.db", "mlartifacts"} <= {
        path.name for path in out.iterdir()
    }
    assert sorted(path.stat().st_mtime_ns for path in workspace.raw.rglob("*")) == raw_before
    assert '"level": "INFO"' in done.stderr
    again = in_container(workspace, "doctor", f"AS_OF={AS_OF}")
    assert "FAULT" not in again.stdout.replace("FAULT HOST=0.0.0.0 without API_KEYS", "")


@needs_bwrap
@pytest.mark.slow
def test_unusable_input_ends_the_container_with_its_own_status(
    new_workspace: Callable[[], Workspace],
):
    workspace = new_workspace()
    workspace.copy_raw(RAW_FIXTURES)
    # Seeds that are mounted over the image's are newer than what it keeps of dbt's parse.
    done = in_container(workspace, "build", "AS_OF=2020-11-31", "--what-if=dbt_project.yml")
    assert done.returncode == 2
    assert "AS_OF='2020-11-31' is not a day" in done.stderr
    assert "kept" not in done.stderr and "touch" not in done.stderr
