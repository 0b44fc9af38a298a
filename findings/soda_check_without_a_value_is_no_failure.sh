#!/usr/bin/env bash
# soda-core 3.5.6 (with duckdb) lets a pipeline go on only if the day's readings pass their checks:
# its exit code is 0 if they do, 1 at a warning, 2 at a failure, 3 at an error. A check that has no
# value to judge (`min(celsius) > 10` where the sensor was dead all day, or where no row came at
# all) is "not evaluated". One would think that this is at least a warning; nobody can say that the
# minimum was above 10. The exit code is 0, hasErrors, hasWarnings and hasFailures are false, and
# the check is not among the checks of the results at all, so who counts the failures there or draws
# them over the days sees nothing either; only a line of the log tells. One reading at 5 fails the
# day, none at all passes it. So do max, avg, sum and the deviation; of one row the deviation has no
# value, so `stddev(celsius) < 2` passes a day with a single row. invalid_percent is 0 there. Only a
# check of its own (row_count > 0, missing_count = 0) stops such a day.
# Seen, four checks: normal day 4 of 4 in the results, code 0; a reading of 5: 4, code 2; dead
# sensor and no rows: 0 of 4 in the results, code 0.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/python" -m pip install --quiet soda-core-duckdb==3.5.6 duckdb==1.0.0
cd "$folder"
HOME="$folder" venv/bin/python -W ignore - <<'PY'
import duckdb
from soda.scan import Scan

CHECKS = """
checks for {}:
  - min(celsius) > 10
  - max(celsius) < 90
  - avg(celsius) between 15 and 60
  - stddev(celsius) < 50
"""
days = {
    "normal": [20.0, 30.0],
    "cold": [20.0, 30.0, 5.0],
    "dead_sensor": [None, None],
    "no_rows": [],
}
plant = duckdb.connect()

def scanned(table: str, checks: str) -> tuple[int, list[str], Scan]:
    """The exit code, the outcomes in the results, and the scan."""
    scan = Scan()
    scan.disable_telemetry()
    scan.add_duckdb_connection(plant, "plant")
    scan.set_data_source_name("plant")
    scan.add_sodacl_yaml_str(checks.format(table))
    code = scan.execute()
    return code, [check["outcome"] for check in scan.get_scan_results()["checks"]], scan

for table, values in days.items():
    plant.execute(f"create table {table} (celsius double)")
    if values:
        plant.executemany(f"insert into {table} values (?)", [[value] for value in values])
    code, outcomes, scan = scanned(table, CHECKS)
    results = scan.get_scan_results()
    print(f"{table}: code {code}, outcomes {outcomes}")
    if table in ("normal", "cold"):
        assert len(outcomes) == 4 and code == (0 if table == "normal" else 2)
        assert outcomes.count("fail") == (table == "cold")
    else:
        assert code == 0, "CHANGED: a check without a value is told by the code"
        assert outcomes == [], "CHANGED: a check without a value is in the results"
        assert not (results["hasErrors"] or results["hasWarnings"] or results["hasFailures"])
        assert scan.get_logs_text().count("[NOT EVALUATED]") == 4
    code, *_ = scanned(table, "checks for {}:\n  - row_count > 0\n  - missing_count(celsius) = 0")
    assert code == (0 if table in ("normal", "cold") else 2)

plant.execute("create table single as select 20.0::double as celsius")
code, outcomes, _ = scanned("single", "checks for {}:\n  - stddev(celsius) < 2")
assert (code, outcomes) == (0, [])
code, outcomes, _ = scanned(
    "dead_sensor", "checks for {}:\n  - invalid_percent(celsius) < 5:\n      valid max: 90"
)
assert (code, outcomes) == (0, ["pass"])
PY
echo "as described"
