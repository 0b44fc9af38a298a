"""This morning's plan, printed."""

import sys
from datetime import date

import pandas as pd
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from python_ml.engines.marts import find_machines_alone
from python_ml.engines.warehouse import Warehouse
from python_ml.errors import counted
from python_ml.learning.columns import WEAR_WORDS
from python_ml.seen.languages import load_language
from python_ml.settings import Settings

PLAN = """
select
    rank, decision, kitchen_id, machine_id, phase, failure_probability, expected_saving,
    blocked_by, decided_by, reasons
from bi.rpt_maintenance_plan_daily
where as_of_date = ?
order by rank
"""
PAGE_WIDTH = 140
BLOCKED_WORDS = {
    "last_running_machine": "last running in its phase",
    "technician_slots": "no technician left",
}
ALONE = "the only machine of its phase in the kitchen, never stopped while it runs"


def print_plan(settings: Settings, as_of: date) -> None:
    """Print the machines to stop, and those that only the limits keep running; count the rest."""
    with Warehouse(settings.warehouse_path, read_only=True) as warehouse:
        plan = warehouse.frame(PLAN, [as_of])
        is_alone = plan["machine_id"].isin(find_machines_alone(warehouse, settings.phases))
    console = Console(width=None if sys.stdout.isatty() else PAGE_WIDTH)
    english = load_language("en")
    counts = plan["decision"].value_counts()
    plan["blocked_words"] = plan["blocked_by"].map(BLOCKED_WORDS)
    plan.loc[is_alone & (plan["blocked_by"] == "last_running_machine"), "blocked_words"] = ALONE
    table = Table(title=f"Maintenance plan for the morning of {as_of}", title_justify="left")
    for column in ("", "decision", "kitchen", "machine", "phase", "risk", "saving", "why"):
        table.add_column(column, justify="right" if column in {"", "risk", "saving"} else "left")
    told = plan[(plan["decision"] == "stop") | plan["blocked_by"].notna()]
    for row in told.itertuples():
        why = row.reasons
        if row.decided_by == "calendar":
            why = f"due by its calendar: {why}"
        if pd.notna(row.blocked_by):
            why = f"{row.blocked_words}: {why}"
        table.add_row(
            str(row.rank),
            row.decision,
            escape(row.kitchen_id),
            escape(row.machine_id),
            str(row.phase),
            english.risk(row.failure_probability),
            f"{row.expected_saving:,.0f} {settings.currency}",
            escape(why),
        )
    console.print(table)
    if any(WEAR_WORDS in (reasons or "") for reasons in told["reasons"]):
        scale = english.text("machine.wear_scale")
        console.print(f"{WEAR_WORDS.capitalize()}: {scale}.", highlight=False)
    # Of what is told, so that who adds it up finds the same.
    saving = plan.loc[plan["decision"] == "stop", "expected_saving"].round().sum()
    console.print(
        f"Stop {counted(counts.get('stop', 0), 'machine')}"
        f" (expected saving {saving:,.0f} {settings.currency}), "
        f"watch {counts.get('watch', 0)}, run {counts.get('run', 0)}, "
        f"blind {counts.get('blind', 0)}.",
        highlight=False,
    )
    console.print(
        f"The whole plan: bi.rpt_maintenance_plan_daily in {settings.bi_path}", highlight=False
    )
