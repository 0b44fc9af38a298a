"""`arepas promote`, `approve`, `rollback`: who becomes champion, and who is it no more."""

import logging
from dataclasses import dataclass, replace
from datetime import date

import pandas as pd

from python_ml.decisions.gate import (
    KEEP,
    PROMOTE,
    Contest,
    Contestant,
    Ruling,
    choose_unseen,
    compare,
)
from python_ml.decisions.metrics import Surroundings
from python_ml.engines.marts import read_modelled_types, read_parts, read_training_rows
from python_ml.engines.ml_tables import create_ml_tables
from python_ml.engines.model_files import LoadedModel, find_misfit, find_unmade, take_inputs
from python_ml.engines.registry import RegisteredModel, Registry
from python_ml.engines.warehouse import Warehouse
from python_ml.errors import (
    ArepasError,
    InputError,
    PartlyDoneError,
    UnreachableRegistryError,
    counted,
    describe_unknown,
    one_line,
)
from python_ml.learning.estimator import predict_probability
from python_ml.lifecycle.aliases import align_aliases, find_champion, move_champion
from python_ml.lifecycle.backtest import read_surroundings
from python_ml.lifecycle.calendar_terms import write_rulings
from python_ml.lifecycle.history import (
    Decision,
    append_decision,
    read_champion,
    read_newest_decision,
    read_newest_move,
    read_proposals,
    read_version_before,
    was_taken_back,
)
from python_ml.settings import Settings

logger = logging.getLogger(__name__)

PROPOSED, ROLLBACK, MANUAL = "proposed", "rollback", "manual"


@dataclass(frozen=True)
class _Court:
    """Where models are judged on a morning."""

    registry: Registry
    warehouse: Warehouse
    around: Surroundings
    settings: Settings
    as_of: date


def promote(settings: Settings, *, as_of: date) -> list[Decision]:
    """Compare challenger and champion of each type and move the alias where it was earned.

    In manual mode a challenger that earned it is only proposed. Nothing after `as_of` is used.

    Raises:
        PartlyDoneError: Some types could not be judged: they keep their champion.
        ArepasError: No type has a challenger to judge, or the registry cannot be reached.
    """
    decisions, problems = [], []
    with _open(settings) as warehouse:
        arepa_types = read_modelled_types(warehouse)
        registry = _reach_registry(settings, warehouse, arepa_types, as_of)
        around = read_surroundings(warehouse, settings, as_of=as_of)
        court = _Court(registry, warehouse, around, settings, as_of)
        for arepa_type in arepa_types:
            challenger = registry.find_newest(arepa_type, as_of)
            if challenger is None:
                problems.append(f"{arepa_type}: no challenger, run `make train`")
                continue
            decision, rulings, problem = _judge(court, challenger)
            # First: a run that is killed between the two judges anew.
            if rulings:
                write_rulings(warehouse, arepa_type, rulings, as_of=as_of)
            decision = _carry_out(court, challenger, decision)
            problems += [f"{arepa_type}: {problem}"] if problem else []
            logger.info("%s: %s (%s)", challenger.name, decision.verdict, decision.reason)
            if decision.verdict == PROPOSED:
                logger.info(
                    "`make approve AREPA_TYPE=%s` makes %s champion", arepa_type, challenger
                )
            decisions.append(decision)
    if problems:
        kind = PartlyDoneError if decisions else ArepasError
        raise kind(f"{counted(len(problems), 'arepa type')} not judged: {'; '.join(problems)}")
    return decisions


def approve(settings: Settings, *, arepa_type: str, as_of: date) -> Decision:
    """Make the version champion that `promote` proposed last in manual mode.

    Raises:
        InputError: Nothing is proposed for the type, or there is no such type.
    """
    with _open(settings) as warehouse:
        _check_known(warehouse, arepa_type)
        registry = Registry(settings)
        newest = read_newest_decision(warehouse, arepa_type, as_of)
        if (cut_off := _finish(registry, warehouse, newest, PROMOTE)) is not None:
            return cut_off
        if newest is None or newest.verdict != PROPOSED or newest.to_version is None:
            last = f" (last: {newest.verdict}, {newest.reason})" if newest is not None else ""
            raise InputError(
                f"AREPA_TYPE={arepa_type}: no version is proposed{last}; `make retrain"
                " PROMOTION_MODE=manual` proposes one that earned it"
            )
        _check_fit(registry, registry.find_version(arepa_type, newest.to_version), settings)
        reason = f"approved: {newest.reason}"
        decision = Decision(arepa_type, PROMOTE, newest.from_version, newest.to_version, reason)
        move_champion(registry, warehouse, decision, as_of=as_of, mode=MANUAL)
    return decision


def rollback(settings: Settings, *, arepa_type: str, as_of: date) -> Decision:
    """Give the alias back to the version that was champion before the present one.

    Raises:
        InputError: There is no such type, or it has no champion, or none before it.
    """
    with _open(settings) as warehouse:
        _check_known(warehouse, arepa_type)
        registry = Registry(settings)
        newest = read_newest_decision(warehouse, arepa_type, as_of)
        if (cut_off := _finish(registry, warehouse, newest, ROLLBACK)) is not None:
            return cut_off
        align_aliases(registry, warehouse, [arepa_type])
        champion = read_champion(warehouse, arepa_type, as_of)
        if champion is None:
            raise InputError(f"AREPA_TYPE={arepa_type}: has no champion; run `make retrain`")
        before = read_version_before(warehouse, arepa_type, champion, as_of)
        if before is None:
            raise InputError(
                f"AREPA_TYPE={arepa_type}: version {champion} is its first champion, there is none"
                " to go back to"
            )
        _check_fit(registry, registry.find_version(arepa_type, before), settings)
        reason = f"taken back from version {champion}"
        decision = Decision(arepa_type, ROLLBACK, champion, before, reason)
        move_champion(registry, warehouse, decision, as_of=as_of, mode=MANUAL)
    return decision


def _finish(
    registry: Registry, warehouse: Warehouse, newest: Decision | None, verdict: str
) -> Decision | None:
    """Carry out what a command has written down and MLflow does not say, and return it.

    It was cut off, or somebody moved the alias since: that cannot be told apart. Typed again, the
    command has then done what it was typed for, and does not do it twice.
    """
    if newest is None or newest.verdict != verdict:
        return None
    if read_newest_move(warehouse, newest.arepa_type).decision != newest:
        return None
    if not align_aliases(registry, warehouse, [newest.arepa_type]):
        return None
    told = "%s: MLflow did not name version %s, the champion since the last %s; it does now"
    logger.info(told, newest.arepa_type, newest.to_version, verdict)
    return newest


def lacks_models(settings: Settings) -> bool:
    """Say whether no arepa type has a champion, nor a version that waits to be approved.

    False where the registry cannot be reached: nobody could become champion.
    """
    with Warehouse(settings.warehouse_path) as warehouse:
        create_ml_tables(warehouse)
        arepa_types = read_modelled_types(warehouse)
        proposals = read_proposals(warehouse, date.max)
    try:
        known = Registry(settings).find_champions().keys() | proposals.keys()
    except UnreachableRegistryError:
        return False
    return known.isdisjoint(arepa_types)


def _check_known(warehouse: Warehouse, arepa_type: str) -> None:
    known, what = read_modelled_types(warehouse), "arepa type that has a model"
    unknown = describe_unknown("AREPA_TYPE", arepa_type, known, what)
    if unknown is not None:
        raise InputError(unknown)


def _open(settings: Settings) -> Warehouse:
    warehouse = Warehouse(settings.warehouse_path)
    if not warehouse.has_table("core", "dim_arepa_types"):
        warehouse.__exit__(None, None, None)
        raise InputError(f"{settings.warehouse_path}: no features yet; run `make daily` first")
    create_ml_tables(warehouse)
    return warehouse


def _reach_registry(
    settings: Settings, warehouse: Warehouse, arepa_types: list[str], as_of: date
) -> Registry:
    """Open the registry; if it cannot be reached, all champions stay, and that is written down."""
    try:
        registry = Registry(settings)
        for arepa_type in arepa_types:
            _align(registry, warehouse, arepa_type)
    except Exception as error:
        for arepa_type in arepa_types:
            champion = read_champion(warehouse, arepa_type, as_of)
            decision = Decision(
                arepa_type, KEEP, champion, champion, f"not judged: {one_line(error)}"
            )
            append_decision(warehouse, decision, as_of=as_of, mode=settings.promotion_mode)
        raise
    return registry


def _align(registry: Registry, warehouse: Warehouse, arepa_type: str) -> None:
    """Make one type's alias follow the history; what fails there, judging the type will tell."""
    try:
        align_aliases(registry, warehouse, [arepa_type])
    except UnreachableRegistryError:
        raise
    except ArepasError as error:
        logger.warning("%s", error)


def _judge(court: _Court, challenger: RegisteredModel) -> tuple[Decision, tuple[Ruling, ...], str]:
    """Judge one type; whatever goes wrong, the champion stays, and the problem is told."""
    warehouse, as_of = court.warehouse, court.as_of
    arepa_type, rulings, problem = challenger.arepa_type, (), ""
    from_version = read_champion(warehouse, arepa_type, as_of)
    try:
        champion = _find_champion(court, arepa_type)
        from_version = champion.version if champion is not None else None
        if from_version == challenger.version:
            verdict, reason = KEEP, "the challenger is the champion already"
        elif was_taken_back(warehouse, challenger, as_of):
            verdict, reason = KEEP, "the challenger was rolled back; train a new one"
        else:
            contest = _arrange(court, challenger, champion)
            judged = compare(contest, court.settings.promotion, court.settings.training.seed)
            verdict, reason, rulings = judged.verdict, judged.reason, judged.rulings
    except Exception as error:
        logger.debug("judging %s failed", arepa_type, exc_info=True)
        problem = one_line(error)
        verdict, reason = KEEP, f"not judged: {problem}"
    to_version = challenger.version if verdict == PROMOTE else from_version
    return Decision(arepa_type, verdict, from_version, to_version, reason), rulings, problem


def _find_champion(court: _Court, arepa_type: str) -> RegisteredModel | None:
    """Find who is champion; None also where the registry has that version no more."""
    try:
        return find_champion(court.registry, court.warehouse, arepa_type, court.as_of)
    except UnreachableRegistryError:
        raise
    except ArepasError as error:
        logger.warning("%s: %s; its place is free", arepa_type, error)
    return None


def _arrange(
    court: _Court, challenger: RegisteredModel, champion: RegisteredModel | None
) -> Contest:
    settings, arepa_type = court.settings, challenger.arepa_type
    if (misfit := find_misfit(challenger, settings)) is not None:
        raise InputError(f"{challenger} {misfit}; run `make retrain`")
    entered = court.registry.load_judged(challenger)
    if (unmade := find_unmade(entered.columns, settings)) is not None:
        raise InputError(f"{challenger} {unmade}; run `make retrain`")
    rows = read_training_rows(
        court.warehouse, [arepa_type], phases=settings.phases, as_of=court.as_of
    )
    standing = _load_standing(court, champion) if champion is not None else None
    last_known = max(_fitted_to(loaded) for loaded in (entered, standing) if loaded is not None)
    unseen = choose_unseen(rows, last_known, settings.horizon_days)
    return Contest(
        _enter(court, challenger, entered, unseen),
        _enter(court, champion, standing, unseen) if champion and standing else None,
        rows,
        court.around.stops,
        court.around.costs,
        settings.horizon_days,
    )


def _load_standing(court: _Court, champion: RegisteredModel) -> LoadedModel | None:
    """Load who defends a place; None for one that cannot score any more: its place is free."""
    if find_misfit(champion, court.settings) is not None:
        return None
    loaded = court.registry.load_judged(champion)
    return loaded if find_unmade(loaded.columns, court.settings) is None else None


def _fitted_to(loaded: LoadedModel) -> date:
    return date.fromisoformat(loaded.registered.tags["fitted_to"])


def _enter(
    court: _Court, model: RegisteredModel, loaded: LoadedModel, rows: pd.DataFrame
) -> Contestant:
    """Let a model predict what is judged of a contest; loaded is what is judged in its place."""
    tags = loaded.registered.tags
    said = (
        predict_probability(
            loaded.estimator, take_inputs(loaded, rows, read_parts(court.warehouse))
        )
        if len(rows)
        else []
    )
    threshold = tags.get("stop_threshold_probability")
    return Contestant(
        version=model.version,
        fitted_to=_fitted_to(loaded),
        horizon_days=int(tags["horizon_days"]),
        threshold=float(threshold) if threshold is not None else None,
        breakdown_share=int(tags["fitted_breakdowns"]) / int(tags["fitted_rows"]),
        probabilities=pd.Series(said, index=rows.index, dtype=float),
    )


def _carry_out(court: _Court, challenger: RegisteredModel, decision: Decision) -> Decision:
    """Write a verdict down and, for a promotion in auto mode, move the alias.

    Returns:
        What was written down: in manual mode a promotion is a proposal.
    """
    if decision.verdict == PROMOTE and court.settings.promotion_mode == MANUAL:
        decision = replace(decision, verdict=PROPOSED)
    if decision.verdict == PROMOTE:
        move_champion(court.registry, court.warehouse, decision, as_of=court.as_of, mode="auto")
    else:
        append_decision(
            court.warehouse, decision, as_of=court.as_of, mode=court.settings.promotion_mode
        )
    told = {"verdict": decision.verdict, "verdict_reason": decision.reason}
    court.registry.tag(challenger, told)
    return decision


def _check_fit(registry: Registry, model: RegisteredModel, settings: Settings) -> None:
    """Refuse a champion that could not score tomorrow."""
    if (misfit := find_misfit(model, settings)) is not None:
        raise InputError(f"{model} {misfit}")
    if (unmade := find_unmade(registry.load(model).columns, settings)) is not None:
        raise InputError(f"{model} {unmade}")
