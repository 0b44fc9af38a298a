"""The tables of schema `ml` that scoring and the models' life write: made, and migrated, here.

dbt reads them as a source, so all of them exist before it builds what reads them.
"""

from python_ml.engines.warehouse import Warehouse

# Of predictions and of their log.
COLUMNS = """
    machine_id varchar not null,
    arepa_type varchar not null,
    as_of_date date not null,
    model_role varchar not null,
    kitchen_id varchar not null,
    phase integer not null,
    horizon_days integer not null,
    failure_probability double,
    status varchar not null,
    reasons varchar,
    reason_details varchar,
    model_name varchar,
    model_version varchar,
    feature_hash varchar,
    code_version varchar not null,
    run_id varchar not null,
    scored_at timestamp not null,
    probability_lower double,
    probability_upper double,
    health_index double,
    health_lower double,
    health_upper double
"""
NUMBERS_SINCE = (
    "probability_lower", "probability_upper", "health_index", "health_lower", "health_upper",
)  # fmt: skip
ADD_COLUMNS = "".join(
    f"alter table ml.{table} add column if not exists {name} double;\n"
    for table in ("predictions", "prediction_log")
    for name in NUMBERS_SINCE
)
CREATE_TABLES = f"""
create schema if not exists ml;
-- One row per machine_id, arepa_type, as_of_date, model_role; the log keeps what was replaced.
create table if not exists ml.predictions ({COLUMNS});
create table if not exists ml.prediction_log ({COLUMNS});
alter table ml.predictions add column if not exists reason_details varchar;
alter table ml.prediction_log add column if not exists reason_details varchar;
{ADD_COLUMNS}-- One row per machine_id, arepa_type, as_of_date, model_role, days_ahead.
create table if not exists ml.prediction_curves (
    machine_id varchar not null,
    arepa_type varchar not null,
    as_of_date date not null,
    model_role varchar not null,
    days_ahead integer not null,
    failure_probability double not null
);
-- One row per arepa_type, decided_at; append-only, the truth of who is champion when.
create table if not exists ml.promotion_history (
    arepa_type varchar not null,
    as_of_date date not null,
    decided_at timestamp not null,
    verdict varchar not null,
    from_version varchar,
    to_version varchar,
    decided_by varchar not null,
    mode varchar,
    reason varchar not null
);
alter table ml.promotion_history add column if not exists mode varchar;
-- One row per arepa_type, model_version: what the registry's tags say of each version.
create table if not exists ml.model_versions (
    arepa_type varchar not null,
    model_name varchar not null,
    model_version varchar not null,
    trained_as_of_date date not null,
    fitted_from_date date not null,
    fitted_to_date date not null,
    horizon_days integer not null,
    stop_threshold_probability double
);
-- One row per kitchen_id, phase, as_of_date: what decisions were made with on that morning.
create table if not exists ml.decision_terms (
    kitchen_id varchar not null,
    phase integer not null,
    as_of_date date not null,
    running_machine_count bigint not null,
    technician_slots integer not null,
    breakdown_cost double not null,
    planned_stop_cost double not null,
    false_stop_cost double not null
);
-- One row per trained_as_of_date, phase: the costs by which that morning's thresholds were learnt.
create table if not exists ml.training_costs (
    trained_as_of_date date not null,
    phase integer not null,
    breakdown_cost double not null,
    planned_stop_cost double not null,
    false_stop_cost double not null
);
-- One row per arepa_type, as_of_date, model_version (empty: no model), phase: what the model's
-- stops saved against the best calendar that was known, and whether by that alone it would decide.
create table if not exists ml.calendar_rulings (
    arepa_type varchar not null,
    as_of_date date not null,
    model_version varchar not null,
    phase integer not null,
    decides boolean not null,
    clock varchar,
    interval_value double,
    stop_saving double not null
);
alter table ml.calendar_rulings add column if not exists saving double;
alter table ml.calendar_rulings add column if not exists machine_days double;
-- One row per machine_id, as_of_date: when in the next seven days a machine is to be stopped.
create table if not exists ml.week_plan (
    machine_id varchar not null,
    as_of_date date not null,
    planned_date date,
    promised_date date,
    expected_cost_today double,
    expected_cost_planned double,
    why_then varchar not null
);
alter table ml.week_plan add column if not exists running_beside_booked bigint;
-- One row per machine_id, arepa_type, as_of_date for which a calendar decides.
create table if not exists ml.calendar_terms (
    machine_id varchar not null,
    arepa_type varchar not null,
    as_of_date date not null,
    clock varchar,
    clock_value double,
    interval_value double,
    stop_saving double not null
);
-- One row per order_key, as_of_date, noted_at; append-only: which stop has which work order, and
-- what became of it.
create table if not exists ml.work_orders (
    order_key varchar not null,
    kitchen_id varchar not null,
    machine_id varchar not null,
    opened_on date not null,
    as_of_date date not null,
    state varchar not null,
    order_number varchar,
    noted_at timestamp not null
);
-- One row per machine_id, arepa_type, as_of_date: what the prediction was made from.
create table if not exists ml.prediction_inputs (
    machine_id varchar not null,
    arepa_type varchar not null,
    as_of_date date not null,
    features varchar not null,
    reading_count bigint not null,
    faulty_reading_count bigint not null,
    readings_hash varchar not null,
    faults_hash varchar not null,
    maintenance_hash varchar not null
);
-- One row per backtest_date, machine_id, arepa_type, as_of_date.
create table if not exists ml.backtest_predictions (
    backtest_date date not null,
    machine_id varchar not null,
    arepa_type varchar not null,
    as_of_date date not null,
    kitchen_id varchar not null,
    phase integer not null,
    trained_as_of_date date not null,
    horizon_days integer not null,
    failure_probability double not null,
    stop_threshold_probability double not null,
    has_breakdown boolean not null,
    code_version varchar not null
);
-- One row per backtest_date, arepa_type (or `all`), policy, metric.
create table if not exists ml.backtest_metrics (
    backtest_date date not null,
    arepa_type varchar not null,
    model_version varchar,
    policy varchar not null,
    metric varchar not null,
    value double not null,
    lower_value double,
    upper_value double,
    from_date date not null,
    to_date date not null
);
-- One row per backtest_date, arepa_type (or `all`), bin.
create table if not exists ml.calibration (
    backtest_date date not null,
    arepa_type varchar not null,
    model_version varchar,
    bin integer not null,
    predicted_mean double not null,
    observed_ratio double not null,
    row_count bigint not null
);
-- One row per machine_id, arepa_type, metric: what drift is told against, of the newest training.
create table if not exists ml.drift_references (
    machine_id varchar not null,
    arepa_type varchar not null,
    metric varchar not null,
    fitted_as_of_date date not null,
    usual_level double not null,
    usual_deviation double,
    other_weight double,
    threshold double
);
-- One row per fact_id, append-only: what came after a training or a prediction had used its time.
create table if not exists ml.late_facts (
    fact_id varchar not null,
    noted_at timestamp not null,
    noted_as_of_date date not null,
    built_load_id bigint not null,
    source_table varchar not null,
    source_file varchar,
    machine_id varchar not null,
    change varchar not null,
    detail varchar,
    started_at timestamp not null,
    ended_at timestamp,
    first_date date not null,
    last_date date not null,
    first_label_date date,
    last_label_date date,
    training_row_count bigint not null,
    prediction_count bigint not null,
    model_versions varchar,
    changed_row_share double,
    share_to_retrain double not null
);
-- One row per fact_id, arepa_type, model_version: the versions that were fitted without it.
create table if not exists ml.late_fact_versions (
    fact_id varchar not null,
    arepa_type varchar not null,
    model_version varchar not null,
    training_row_count bigint not null,
    changed_row_share double not null
);
"""


def create_ml_tables(warehouse: Warehouse) -> None:
    """Create the tables that are missing, and the columns that older ones lack."""
    warehouse.execute(CREATE_TABLES)
