"""A warehouse that older code built goes on with the present code."""

from pathlib import Path

import duckdb

from tests.conftest import Workspace
from tests.small_fleet import copy_of

AS_OF = "2020-11-05"
# The tables as the first version made them.
BACK_TO_THE_FIRST_VERSION = """
alter table raw.files drop column problem;
alter table raw.builds drop column new_reading_count;
alter table raw.builds drop column late_reading_count;
drop table raw.data_check_limits;
alter table raw.run_settings drop column publish_deadline_at;
alter table raw.run_settings add column quarantine_limit double default 0.05;
alter table raw.cooking_metrics drop column measured_date;
alter table raw.cooking_metrics drop column measured_at;
alter table raw.cooking_metrics drop column machine_id;
alter table raw.cooking_metrics drop column batch_id;
alter table raw.cooking_metrics drop column metric_1;
alter table raw.cooking_metrics drop column metric_2;
alter table raw.cooking_metrics drop column is_tied;
alter table raw.files drop column has_rising_times;
drop view staging.stg_kitchen__cooking_metrics;
create table staging.stg_kitchen__cooking_metrics as
select * from staging.stg_kitchen__cooking_metrics_parsed;
drop table staging.stg_kitchen__cooking_metrics_parsed;
update raw.builds set fingerprint = 'of the first version';
"""


def test_a_warehouse_of_the_first_version_is_built_further(
    built_fixtures: Workspace, tmp_path: Path
):
    workspace = copy_of(built_fixtures, tmp_path / "copy")
    features = "select * from features.feat_machine_arepa_daily order by all"
    before = workspace.query(features)
    with duckdb.connect(str(workspace.warehouse)) as connection:
        connection.execute(BACK_TO_THE_FIRST_VERSION)
    assert workspace.arepas("build", "--as-of", AS_OF) == 0
    assert workspace.query(features).equals(before)
    assert workspace.rows("select count(*) from raw.builds") == [(2,)]
