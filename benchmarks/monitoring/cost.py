"""What monitoring adds to a morning: its models built and left out."""

import tempfile
from datetime import date, timedelta
from pathlib import Path

import duckdb

from benchmarks.ingest.measure import Place, run_module, run_verb
from python_ml.engines.transform import BUILD

AS_OF = date(2026, 11, 20)
KITCHENS, DAYS, PLANNED_DAYS = 14, 730, 182
MOST_SHARE = 0.1
# Tables that tell how decisions, models and gauges do, and that nothing before the plan reads.
MONITORING = (
    "fct_stop_days",
    "rpt_alarm_episodes",
    "rpt_drift_daily",
    "rpt_feature_profiles",
    "rpt_late_truth",
    "rpt_model_calibration",
    "rpt_model_performance_daily",
    "rpt_model_performance_rolling",
    "rpt_outcomes_daily",
    "rpt_prediction_outcomes",
    "rpt_savings_monthly",
    "rpt_sensor_health_daily",
)
# One small model, so that dbt's own start is in both builds and counts in neither.
ANY = "rpt_runs"
NO_GRAINS = "test_name:unique_combination_of_columns"
ROUNDS = 3
SIZES = """
select (select count(*) from core.dim_machines), (select count(*) from core.fct_cooking_metrics),
       (select count(*) from bi.rpt_maintenance_plan_daily)
"""


def print_cost(first_seed: int) -> bool:
    """Print the share of a morning's CPU that monitoring takes; says whether it is met.

    The morning is one on which nothing was delivered, made anew: what stands costs nothing.
    """
    with tempfile.TemporaryDirectory(prefix="arepas-bench-monitoring-") as name:
        folder = Path(name)
        place = Place(folder, folder / "raw", folder / "artifacts")
        _prepare(place, first_seed)
        (folder / ".warehouse" / "standing").unlink(missing_ok=True)
        morning = run_verb(place, "daily", "--as-of", str(AS_OF)).cpu_s
        with_it = min(_build(place, ANY, *MONITORING) for _ in range(ROUNDS))
        without = min(_build(place, ANY) for _ in range(ROUNDS))
        with duckdb.connect(str(folder / "warehouse.duckdb"), read_only=True) as connection:
            machines, readings, mornings = connection.execute(SIZES).fetchall()[0]
    added = with_it - without
    share = added / (morning - added)
    print(
        f"{machines} machines, {DAYS} days, {readings:,} readings, {mornings:,} planned"
        f" machine-mornings\n\n- a morning made anew {morning:.1f} s of CPU, of which monitoring"
        f" {added:.1f} s: adds {share:.0%}, allowed {MOST_SHARE:.0%}:"
        f" {'met' if share <= MOST_SHARE else 'MISSED'}"
    )
    return share <= MOST_SHARE


def _prepare(place: Place, seed: int) -> None:
    """Make a fleet, train half a year before its end and plan each morning since."""
    trained_on = str(AS_OF - timedelta(days=PLANNED_DAYS))
    fleet = ["--kitchens", str(KITCHENS), "--days", str(DAYS), "--seed", str(seed)]
    run_verb(place, "demo-data", "--as-of", str(AS_OF), *fleet)
    run_verb(place, "build", "--as-of", str(AS_OF))
    run_verb(place, "retrain", "--as-of", trained_on)
    yesterday = str(AS_OF - timedelta(days=1))
    run_verb(place, "backfill", "--from", trained_on, "--to", yesterday)
    run_verb(place, "daily", "--as-of", str(AS_OF))


def _build(place: Place, *models: str) -> float:
    """Build and test some models, as a morning does; CPU seconds."""
    target = {
        "DBT_TARGET_PATH": str(place.folder / "target"),
        "DBT_LOG_PATH": str(place.folder / "logs"),
    }
    arguments = ["dbt.cli.main", *BUILD, "--select", *models, "--exclude", NO_GRAINS]
    return run_module(arguments, place.environment | target, place.folder).cpu_s
