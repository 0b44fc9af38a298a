"""`arepas promote`: give the champion's alias to the challenger that earned it."""

import getpass
import logging
from dataclasses import dataclass
from datetime import date

import numpy as np
import pandas as pd

from python_ml.columns import LABEL
from python_ml.errors import ArepasError, InputError, PartlyDoneError
from python_ml.estimator import predict_probability
from python_ml.evaluate import compute_metrics
from python_ml.history import KEEP, NOT_ENOUGH_EVIDENCE, PROMOTE, Decision, append_decision
from python_ml.marts import read_modelled_types, read_training_rows
from python_ml.ml_tables import create_ml_tables
from python_ml.registry import CHALLENGER, CHAMPION, LoadedModel, RegisteredModel, Registry
from python_ml.settings import Settings
from python_ml.warehouse import Warehouse

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Contest:
    """A challenger, the champion that it would replace, and rows that neither was fitted on."""

    challenger: LoadedModel
    champion: LoadedModel | None
    rows: pd.DataFrame


def promote(settings: Settings, *, as_of: date) -> list[Decision]:
    """Compare challenger and champion of each type and move the alias where it was earned.

    Raises:
        PartlyDoneError: Some types could not be judged: they keep their champion.
        ArepasError: No type has a challenger to judge.
    """
    registry = Registry(settings)
    decisions, problems = [], []
    with Warehouse(settings.warehouse_path) as warehouse:
        if not warehouse.has_table("core", "dim_arepa_types"):
            raise InputError(f"{settings.warehouse_path}: no features yet; run `make daily` first")
        create_ml_tables(warehouse)
        for arepa_type in read_modelled_types(warehouse):
            challenger = registry.find(arepa_type, CHALLENGER)
            if challenger is None:
                problems.append(f"{arepa_type}: no challenger, run `make train`")
                continue
            decision = _judge(registry, warehouse, challenger, settings, as_of)
            append_decision(
                warehouse, decision, as_of=as_of, decided_by=getpass.getuser(), mode="auto"
            )
            if decision.verdict == PROMOTE:
                registry.promote(challenger)
            logger.info("%s: %s (%s)", challenger.name, decision.verdict, decision.reason)
            decisions.append(decision)
    if problems:
        kind = PartlyDoneError if decisions else ArepasError
        raise kind(f"{len(problems)} arepa types not judged: {'; '.join(problems)}")
    return decisions


def has_champions(settings: Settings) -> bool:
    """Say whether any arepa type has a champion."""
    with Warehouse(settings.warehouse_path) as warehouse:
        arepa_types = read_modelled_types(warehouse)
    registry = Registry(settings)
    return any(registry.find(arepa_type, CHAMPION) for arepa_type in arepa_types)


def _judge(
    registry: Registry,
    warehouse: Warehouse,
    challenger: RegisteredModel,
    settings: Settings,
    as_of: date,
) -> Decision:
    """Judge one type; whatever goes wrong, the champion stays."""
    arepa_type = challenger.arepa_type
    champion = registry.find(arepa_type, CHAMPION)
    from_version = champion.version if champion is not None else None
    try:
        if champion is not None and champion.version == challenger.version:
            verdict, reason = KEEP, "the challenger is the champion already"
        else:
            rows = read_training_rows(warehouse, [arepa_type], phases=settings.phases, as_of=as_of)
            contest = Contest(
                registry.load(challenger),
                registry.load(champion) if champion is not None else None,
                _unseen_rows(rows, challenger, champion),
            )
            verdict, reason = compare(contest)
    except Exception as error:
        logger.debug("judging %s failed", arepa_type, exc_info=True)
        verdict, reason = KEEP, f"not judged: {error}"
    to_version = challenger.version if verdict == PROMOTE else from_version
    return Decision(arepa_type, verdict, from_version, to_version, reason)


def compare(contest: Contest) -> tuple[str, str]:
    """Decide by the Brier score on rows that neither model was fitted on.

    Returns:
        The verdict, and the figures that led to it. A first champion has to beat the naive
        baseline, the share of breakdowns.
    """
    rows = contest.rows
    if rows.empty or rows[LABEL].nunique() < 2:
        return NOT_ENOUGH_EVIDENCE, f"{len(rows)} unseen rows, with breakdowns and without needed"
    breakdowns = rows[LABEL].to_numpy(bool)
    challenger_score = _brier_score(contest.challenger, rows, breakdowns)
    if contest.champion is not None:
        rival, rival_score = "champion", _brier_score(contest.champion, rows, breakdowns)
    else:
        share = float(contest.challenger.registered.tags["fitted_breakdowns"]) / float(
            contest.challenger.registered.tags["fitted_rows"]
        )
        rival = "naive baseline"
        naive = compute_metrics(breakdowns, np.full(len(rows), share))
        rival_score = naive["brier_score"]
    verdict = PROMOTE if challenger_score < rival_score else KEEP
    return verdict, (
        f"Brier score {challenger_score:.4f} against {rival_score:.4f} of the {rival}"
        f" on {len(rows)} unseen rows with {int(breakdowns.sum())} breakdown rows"
    )


def _brier_score(model: LoadedModel, rows: pd.DataFrame, breakdowns: np.ndarray) -> float:
    inputs = rows[list(model.columns)].astype(float)
    return compute_metrics(breakdowns, predict_probability(model.estimator, inputs))["brier_score"]


def _unseen_rows(
    rows: pd.DataFrame, challenger: RegisteredModel, champion: RegisteredModel | None
) -> pd.DataFrame:
    """Keep the rows from the newest holdout on: no model was fitted on them or on their labels."""
    start = max(model.tags["holdout_from"] for model in (challenger, champion or challenger))
    return rows[pd.to_datetime(rows["as_of_date"]) >= pd.Timestamp(start)]
