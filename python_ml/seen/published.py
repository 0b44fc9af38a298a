"""What pages, mails and reports read: the published file, and nothing else."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

import pandas as pd

from python_ml.engines.warehouse import Warehouse, published_tables
from python_ml.settings import Settings

# A page shows ninety days, so a morning costs the same after ten years. A past morning's page shows
# what was there on that morning.
RECENT_DAYS = timedelta(days=90)
RECENT = f"as_of_date <= $as_of and as_of_date > $as_of - {RECENT_DAYS.days}"
# What lies ahead is shown as the plan's own morning saw it alone.
NEWEST = "qualify as_of_date = max(as_of_date) over ()"
TABLES: Mapping[str, str] = {
    "rpt_maintenance_plan_daily": f"where {RECENT} order by as_of_date, rank",
    "rpt_predictions": f"where {RECENT} order by machine_id, arepa_type, as_of_date",
    "rpt_machine_curves_daily": f"where {RECENT} {NEWEST} order by machine_id, days_ahead",
    "rpt_machine_health_daily": f"where {RECENT} order by machine_id, as_of_date",
    "rpt_week_plan": f"where {RECENT} {NEWEST} order by machine_id",
    # Ninety days of mornings; stops and breakdowns from further back, since there are few.
    "rpt_outcomes_daily": "where as_of_date <= $as_of and as_of_date > $as_of"
    " - case when is_counted_stop or outcome = 'breakdown' then 400 else 90 end"
    " order by machine_id, as_of_date",
    "rpt_alarm_episodes": "where opened_on <= $as_of"
    " and coalesce(closed_on, $as_of) > $as_of - 90 order by machine_id, opened_on",
    "rpt_savings_monthly": "where month <= $as_of order by month, kitchen_id",
    "rpt_sensor_health_daily": f"where {RECENT} and grade <> 'high'"
    " order by as_of_date, machine_id, metric",
    "rpt_drift_daily": f"where {RECENT} and is_alarm order by as_of_date, machine_id, metric",
    "rpt_late_truth": "where noted_as_of_date <= $as_of and noted_as_of_date > $as_of - 90"
    " order by noted_at, fact_id",
    "rpt_model_performance_daily": f"where {RECENT} order by arepa_type, as_of_date",
    # Short windows are kept for twelve weeks, so that a past morning has its own.
    "rpt_model_performance_rolling": "where as_of_date <= $as_of and window_days = 28"
    " order by arepa_type, model_role, as_of_date",
    "rpt_arepa_types": "order by arepa_type",
    "rpt_machine_metrics_daily": "where measured_date < $as_of and measured_date >= $as_of - 90"
    " order by machine_id, arepa_type, measured_date",
    "rpt_machine_stops": "where started_at > cast($as_of as timestamp) - interval 400 days"
    " and started_at < cast($as_of as timestamp) order by machine_id, started_at",
    "rpt_models": "order by arepa_type",
    "rpt_model_backtest": "where backtest_date <= $as_of order by arepa_type, policy, metric",
    "rpt_model_calibration": "where backtest_date <= $as_of order by arepa_type, bin",
    "rpt_promotion_history": "where as_of_date <= $as_of"
    " order by decided_at desc, arepa_type limit 200",
    "publication": "",
    "rpt_file_ledger": "order by loaded_at desc, source_file",
    "rpt_rejected_reasons": "order by row_count desc, source_table, reason",
    "rpt_rejected_rows": "order by loaded_at desc, source_table, reason, source_line",
    "rpt_data_checks_daily": f"where {RECENT} order by as_of_date desc, severity desc, check_name",
    "rpt_kitchen_freshness_daily": f"where {RECENT} order by as_of_date, kitchen_id",
    "rpt_runs": f"where {RECENT} order by started_at desc",
}

KITCHENS = """
select kitchen_id, max(as_of_date) as newest_date
from (
    select kitchen_id, as_of_date from bi.rpt_maintenance_plan_daily
    union all
    select kitchen_id, as_of_date from bi.rpt_kitchen_freshness_daily
)
group by kitchen_id
order by kitchen_id
"""


@dataclass(frozen=True)
class Published:
    """The published tables up to a morning.

    Attributes:
        as_of: The morning that was asked for; the newest plan may be older.
        tables: By name; a table that the file does not have is an empty frame.
    """

    as_of: date
    tables: Mapping[str, pd.DataFrame]

    def __getitem__(self, table: str) -> pd.DataFrame:
        return self.tables[table]

    @property
    def newest_as_of(self) -> date | None:
        """The newest morning that is published, the one asked for or later; None without any."""
        publication = self["publication"]
        return None if publication.empty else publication["as_of_date"].max().date()

    @property
    def plan_date(self) -> date | None:
        """The newest morning that has a plan."""
        plan = self["rpt_maintenance_plan_daily"]
        return None if plan.empty else plan["as_of_date"].max().date()

    @property
    def kitchens(self) -> list[str]:
        """The kitchens that the last ninety days' mornings tell of, with a plan or without."""
        tables = (self["rpt_maintenance_plan_daily"], self["rpt_kitchen_freshness_daily"])
        return sorted({str(name) for rows in tables if len(rows) for name in rows["kitchen_id"]})

    def names_of_types(self) -> dict[str, str]:
        """Names for people, by arepa type."""
        types = self["rpt_arepa_types"]
        if types.empty:
            return {}
        return dict(zip(types["arepa_type"], types["arepa_type_name"], strict=True))


def read_published(settings: Settings, *, as_of: date) -> Published:
    """Read what is published up to a morning; all tables are empty where nothing is yet."""
    if not settings.bi_path.exists():
        return Published(as_of, {name: pd.DataFrame() for name in TABLES})
    with Warehouse(settings.bi_path, read_only=True) as published:
        # The file may be called like its schema; naming both leaves no doubt.
        catalog = published.value("select current_database()")
        tables = {
            name: _read_table(published, catalog, name, clauses, as_of)
            for name, clauses in TABLES.items()
        }
    tables["rpt_machine_stops"] = _as_known_on(tables["rpt_machine_stops"], as_of)
    tables["rpt_outcomes_daily"] = _outcomes_known_on(tables["rpt_outcomes_daily"], as_of)
    tables["rpt_savings_monthly"] = _savings_known_on(tables, as_of)
    tables["rpt_alarm_episodes"] = _alarms_known_on(tables["rpt_alarm_episodes"], as_of)
    tables["rpt_machine_metrics_daily"] = _with_bands(tables["rpt_machine_metrics_daily"])
    return Published(as_of, tables)


def read_newest_plan_date(settings: Settings) -> date | None:
    """The newest morning that has a published plan; None without any."""
    if not settings.bi_path.exists():
        return None
    with Warehouse(settings.bi_path, read_only=True) as published:
        catalog = published.value("select current_database()")
        return published.value(
            f'select max(as_of_date) from "{catalog}".bi.rpt_maintenance_plan_daily'  # noqa: S608
        )


def read_kitchens(settings: Settings) -> dict[str, date]:
    """The kitchens that published mornings ever told of, and the newest that does.

    Raises:
        ArepasError: Nothing is published yet.
    """
    with published_tables(settings.bi_path) as published:
        return dict(published.rows(KITCHENS))


def _as_known_on(stops: pd.DataFrame, as_of: date) -> pd.DataFrame:
    """Stops as a morning knows them: what ended on it or later is still open, without an answer."""
    if stops.empty:
        return stops
    is_open = stops["ended_at"].isna() | (stops["ended_at"] >= pd.Timestamp(as_of))
    known = stops.assign(is_open=is_open, ended_at=stops["ended_at"].mask(is_open))
    return known.assign(
        finding=stops["finding"].astype(object).mask(is_open & stops["ended_at"].notna(), None),
        components=stops["components"]
        .astype(object)
        .mask(is_open & stops["ended_at"].notna(), None),
    )


def _outcomes_known_on(outcomes: pd.DataFrame, as_of: date) -> pd.DataFrame:
    """Outcomes as a morning knows them: what came on it or later is pending, and no stop made."""
    if outcomes.empty:
        return outcomes
    happened_at = outcomes["breakdown_at"].fillna(outcomes["stopped_at"])
    known_at = happened_at.fillna(outcomes["horizon_end_date"] - pd.Timedelta(seconds=1))
    is_later = (known_at >= pd.Timestamp(as_of)) & (outcomes["outcome"] != "down")
    return outcomes.assign(
        outcome=outcomes["outcome"].mask(is_later, "pending"),
        is_counted_stop=outcomes["is_counted_stop"] & ~is_later,
        breakdown_at=outcomes["breakdown_at"].mask(is_later),
        stopped_at=outcomes["stopped_at"].mask(is_later),
    )


def _savings_known_on(tables: Mapping[str, pd.DataFrame], as_of: date) -> pd.DataFrame:
    """Months as a morning knows them: on a past one, its month's sums know what came later."""
    savings, publication = tables["rpt_savings_monthly"], tables["publication"]
    if savings.empty or publication["as_of_date"].max() <= pd.Timestamp(as_of):
        return savings
    return savings[savings["month"] < pd.Timestamp(as_of.replace(day=1))]


def _alarms_known_on(alarms: pd.DataFrame, as_of: date) -> pd.DataFrame:
    """Alarms as a morning knows them: what ended later, or with a stop on it, is still open."""
    if alarms.empty:
        return alarms
    morning = pd.Timestamp(as_of)
    # The plan of the morning itself says that it is calm, a stop of that day comes after it.
    known_until = alarms["ended_by"].isin(["stopped", "broke_down"]).astype(int)
    is_later = alarms["closed_on"] + pd.to_timedelta(known_until, "D") > morning
    is_answered = alarms["answered_at"] < morning
    return alarms.assign(
        closed_on=alarms["closed_on"].mask(is_later),
        ended_by=alarms["ended_by"].astype(object).mask(is_later, None),
        state=alarms["state"].mask(is_later, "open").mask(is_later & is_answered, "acknowledged"),
        warning_hours=alarms["warning_hours"].mask(is_later),
    )


def _with_bands(metrics: pd.DataFrame) -> pd.DataFrame:
    """Put what is normal beside the days, by these days alone; dbt tells it of the newest."""
    if metrics.empty:
        return metrics
    of_type = metrics.groupby(["arepa_type", "phase"], sort=False)
    bands = {
        f"{mean.removesuffix('_mean')}_normal_{side}": of_type[mean].transform("quantile", share)
        for mean in metrics
        if mean.endswith("_mean")
        for side, share in (("low", 0.05), ("high", 0.95))
    }
    return metrics.assign(**bands)


def _read_table(
    published: Warehouse, catalog: str, name: str, clauses: str, as_of: date
) -> pd.DataFrame:
    if not published.has_table("bi", name):
        return pd.DataFrame()
    sql = f'select * from "{catalog}".bi.{name} {clauses}'  # noqa: S608  (names are constants)
    return published.frame(sql, {"as_of": as_of} if "$as_of" in sql else {})
