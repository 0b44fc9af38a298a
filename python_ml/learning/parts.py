"""The wear of each part of a machine, where the log names what was serviced; pure.

As `wear`, but what a machine shows is moved by all its parts at once, each part has a clock of its
own and a breakdown is of one of them. Given what it shows, the wears of its parts depend on each
other; they are taken to be independent and each is told what the others are expected to do, in
turn. Shapes: N mornings of machines, P parts, J points of wear, Q functions of it, E intervals of
time ahead.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import timedelta

import numpy as np
import pandas as pd
from scipy.special import softmax

from python_ml.learning.columns import NEXT_BREAKDOWN
from python_ml.learning.lives import (
    EVENT_WEIGHT,
    Chances,
    Lives,
    find_services,
    find_what_came,
    guess_wear,
    lay_out_lives,
    learn_chances,
)
from python_ml.learning.responses import (
    BASIS,
    EMPTY,
    Evidence,
    Flags,
    Floats,
    Ints,
    Responses,
    Weeks,
    add_evidence,
    add_up,
    begin_responses,
    compute_moments,
    find_rows_of_types,
)

ANCHORED_STEPS, FREE_STEPS, LAST_STEPS = 5, 10, 10
ROUNDS, FIRST_ROUNDS, LATER_ROUNDS = 8, 6, 2  # in which parts are told of each other
FEWEST_BREAKDOWNS = 10  # of a part, to know it by
LONGEST_REPAIR = timedelta(days=4)  # from the start of a breakdown to a part's new clock


@dataclass(frozen=True)
class PartsLives:
    """What came to the parts of machines after mornings.

    Attributes:
        until: Days to the part's next breakdown, to the machine's next planned stop, or for how
            long none is known of; (N, P).
        broke: Whether that was a breakdown of the part; (N, P).
    """

    until: Floats
    broke: Flags

    def take(self, rows: Ints) -> "PartsLives":
        """Take some of the mornings."""
        return PartsLives(self.until[rows], self.broke[rows])


@dataclass(frozen=True)
class PartsModel(Responses):
    """A fitted model of the wear of parts; slopes stand part by part.

    Attributes:
        chances: What each part's clock says of its wear, and its wear of its breakdowns.
    """

    chances: tuple[Chances, ...]

    def expect(self, clocks: Floats) -> list[Floats]:
        """Compute what clocks, of which (N, P) are looked at, say of the wear of parts."""
        return [each.expect(clocks[:, number]) for number, each in enumerate(self.chances)]

    def compute_posterior(self, weeks: Weeks, clocks: Floats) -> list[Floats]:
        """Compute what clocks and metrics say of the wear of parts; (N, J) each."""
        known = [np.log(wear + EMPTY) for wear in self.expect(clocks)]
        return self.update(known, self.weigh(weeks))

    def update(
        self,
        known: Sequence[Floats],
        evidence: Evidence,
        *,
        rounds: int = ROUNDS,
        begun: Sequence[Floats] | None = None,
    ) -> list[Floats]:
        """Add what metrics say to what is known of the wear of parts.

        Args:
            known: Of each part the logarithm of how likely each wear is, up to a constant; (N, J)
                each.
            evidence: What the machines showed.
            rounds: How often each part is told what the others are expected to do.
            begun: What they are expected to do at first; what is known if not given.

        Returns:
            Chances of each wear of each part; (N, J) each.
        """
        (linear, squares), count = evidence.speak_of_wear(), BASIS.shape[1]
        wears = [softmax(log, axis=1) for log in known] if begun is None else [*begun]
        moved = np.concatenate([wear @ BASIS for wear in wears], axis=1)
        for _ in range(rounds):
            for number, known_log in enumerate(known):
                own = slice(number * count, (number + 1) * count)
                of_all = add_up(squares[:, own] * moved[:, None], axis=2)
                of_own = add_up(squares[:, own, own] * moved[:, None, own], axis=2)
                left = linear[:, own] - of_all + of_own
                wears[number] = add_evidence(known_log, left, squares[:, own, own])
                moved[:, own] = wears[number] @ BASIS
        return wears

    def compute_hazards(self, wears: Sequence[Floats], clocks: Floats) -> Floats:
        """Compute the cumulative hazard of each part up to each edge; (N, P, E)."""
        survival = [
            each.compute_survival(wear, clocks[:, number])
            for number, (each, wear) in enumerate(zip(self.chances, wears, strict=True))
        ]
        return -np.log(np.stack(survival, axis=1))

    def compute_curve(self, wears: Sequence[Floats], clocks: Floats) -> Floats:
        """Compute the chance of a breakdown of any part up to each edge; (N, E)."""
        return -np.expm1(-self.compute_hazards(wears, clocks).sum(axis=1))


def find_lives_of_parts(mornings: pd.DataFrame, clocks: Sequence[str]) -> PartsLives | None:
    """Say what came to parts; None where fewer than two are known by enough breakdowns.

    Which part a breakdown was of is told by the clock that it set anew: that of a later morning.
    A breakdown of a part that nobody named ends what is known of all.

    Args:
        mornings: Grain machine_id, as_of_date. Columns label_mature_date, next_breakdown_at,
            next_planned_stop_at and the clocks.
        clocks: Days since each part was serviced, as far as a model sees them.
    """
    if (named := _name_known_parts(mornings, clocks)) is None:
        return None
    breakdowns, known = named
    until, broke = [], []
    # Parts are numbered without a gap: those before the last that is known by enough stay.
    for number in range(known[-1] + 1):
        is_own = breakdowns["part"].isin([number, -1])
        next_one = _find_next(mornings, breakdowns[is_own])
        days, is_ended = find_what_came(mornings.assign(**{NEXT_BREAKDOWN: next_one["at"]}))
        until.append(days)
        broke.append(is_ended & (next_one["part"] == number).to_numpy())
    return PartsLives(np.column_stack(until), np.column_stack(broke))


def find_causes(mornings: pd.DataFrame, clocks: Sequence[str]) -> Ints | None:
    """Number what each morning's next breakdown is of; None where `find_lives_of_parts` says so.

    Args:
        mornings: As of `find_lives_of_parts`.
        clocks: As there.

    Returns:
        Parts that are known by enough breakdowns, counted from 1; after them, the same number for
        all else, and where nothing is known to come; (N,).
    """
    if (named := _name_known_parts(mornings, clocks)) is None:
        return None
    breakdowns, known = named
    part = _find_next(mornings, breakdowns)["part"]
    numbers = {part: number for number, part in enumerate(known, start=1)}
    return part.map(numbers).fillna(len(known) + 1).to_numpy(int)


def fit_parts(weeks: Weeks, clocks: Floats, parts: PartsLives, edges: Sequence[int]) -> PartsModel:
    """Fit the wear of parts, as `wear` fits that of machines.

    Args:
        weeks: Of mornings of machines.
        clocks: Days since parts were serviced, NaN where they never were; (N, P or more).
        parts: What came to them.
        edges: Days, rising, from which to which hazards are learnt.
    """
    # There may be clocks of more parts than are known by enough breakdowns.
    spans = list(zip(clocks.T, parts.until.T, parts.broke.T, strict=False))
    lives = [lay_out_lives(*span, edges) for span in spans]
    guesses = [guess_wear(*span) for span in spans]
    rows_of_types = find_rows_of_types(weeks)
    begun = begin_responses(weeks, len(spans) * BASIS.shape[1])
    model, wears = PartsModel(**vars(begun), chances=()), guesses
    guessed = [np.log(guess + EMPTY) for guess in guesses]
    evidence = model.weigh(weeks)
    for _ in range(ANCHORED_STEPS):
        model = model.learn(weeks, evidence, rows_of_types, compute_moments(wears))
        evidence = model.weigh(weeks)
        wears = model.update(guessed, evidence, rounds=FIRST_ROUNDS)
    for event_weight in [1.0] * FREE_STEPS + [EVENT_WEIGHT] * LAST_STEPS:
        model = replace(model, chances=tuple(map(learn_chances, lives, wears)))
        model = model.learn(weeks, evidence, rows_of_types, compute_moments(wears))
        evidence = model.weigh(weeks)
        known = _add_what_came(model, clocks, lives, event_weight)
        wears = model.update(known, evidence, rounds=LATER_ROUNDS, begun=wears)
    return model


def _add_what_came(
    model: PartsModel, clocks: Floats, lives: Sequence[Lives], event_weight: float
) -> list[Floats]:
    """Say of each part how likely wears are by its clock and by what came, as logarithms."""
    parts = zip(model.expect(clocks), model.chances, lives, strict=True)
    return [
        np.log(expected + EMPTY) + event_weight * each.compute_log_likelihood(own)
        for expected, each, own in parts
    ]


def _name_known_parts(
    mornings: pd.DataFrame, clocks: Sequence[str]
) -> tuple[pd.DataFrame, list[int]] | None:
    """Name breakdowns' parts, and those that are known by enough; None of fewer than two.

    Returns:
        As of `_name_parts`, and parts counted from 0.
    """
    if len(clocks) < 2:
        return None
    breakdowns = _name_parts(mornings, clocks)
    counts = breakdowns.loc[breakdowns["part"] >= 0, "part"].value_counts()
    known = sorted(counts.index[counts >= FEWEST_BREAKDOWNS])
    return (breakdowns, known) if len(known) >= 2 else None


def _name_parts(mornings: pd.DataFrame, clocks: Sequence[str]) -> pd.DataFrame:
    """Name the part that each breakdown was of, counted from 0, or -1.

    Returns:
        Columns machine_id, at, part; grain: machine_id, at.
    """
    known_to = pd.to_datetime(mornings["label_mature_date"]).max()
    at = pd.to_datetime(mornings[NEXT_BREAKDOWN]).astype("datetime64[us]")
    breakdowns = mornings[["machine_id"]].assign(at=at).drop_duplicates()
    breakdowns = breakdowns[breakdowns["at"] < known_to].sort_values(["at", "machine_id"])
    services = find_services(mornings, clocks)
    named = pd.merge_asof(
        breakdowns,
        services.rename(columns={"at": "serviced_at"}),
        left_on="at",
        right_on="serviced_at",
        by="machine_id",
        direction="forward",
        tolerance=LONGEST_REPAIR,
    )
    return named.assign(part=named["part"].fillna(-1).astype(int))[["machine_id", "at", "part"]]


def _find_next(mornings: pd.DataFrame, breakdowns: pd.DataFrame) -> pd.DataFrame:
    """Find each morning's next one of some breakdowns: columns at, part, in the mornings' order."""
    as_of = pd.to_datetime(mornings["as_of_date"]).astype("datetime64[us]")
    asked = mornings[["machine_id"]].assign(as_of=as_of)
    found = pd.merge_asof(
        asked.reset_index().sort_values("as_of", kind="stable"),
        breakdowns.sort_values("at"),
        left_on="as_of",
        right_on="at",
        by="machine_id",
        direction="forward",
    )
    return found.set_index("index")[["at", "part"]].reindex(asked.index)
