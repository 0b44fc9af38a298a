"""What the endpoint is asked and what it answers: the shapes behind the OpenAPI page."""

from collections.abc import Sequence
from datetime import date
from typing import Annotated, Any, Literal

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    FiniteFloat,
    NaiveDatetime,
    create_model,
    model_validator,
)

from python_ml.learning.columns import PART_CLOCKS

# One line of text, as raw files hold it.
Name = Annotated[str, Field(min_length=1, max_length=200, pattern=r"^[^\x00-\x1f\x7f]+$")]
Count = Annotated[int, Field(ge=0, le=10**9)]
Metric = Annotated[float, Field(ge=-1e9, le=1e9, allow_inf_nan=False)]
LONGEST_LIST = 50_000


class Message(BaseModel):
    """A message with these fields and no others."""

    model_config = ConfigDict(extra="forbid")


class Cut(Message):
    """Which rows of a published table."""

    day: Annotated[date | None, Field(description="The morning; without it the newest.")] = None
    kitchen: Name | None = None
    limit: Annotated[int, Field(ge=1, le=10_000)] = 1000
    offset: Annotated[int, Field(ge=0, le=10**9)] = 0


class PredictionCut(Cut):
    """Which published predictions."""

    machine: Name | None = None
    arepa_type: Name | None = None


class PlanCut(Cut):
    """Which rows of the published plan."""

    decision: Literal["stop", "watch", "run", "blind"] | None = None


class FaultyInterval(Message):
    """A time in which the machine's metrics are not reliable, both ends included."""

    start_time: NaiveDatetime
    end_time: NaiveDatetime


class MaintenanceEvent(Message):
    """A stop of the machine; without an end it is still down."""

    start_time: NaiveDatetime
    end_time: NaiveDatetime | None = None
    kind: Literal["breakdown", "planned"]
    finding: Literal["fault_found", "nothing_found", "postponed", "not_inspected"] | None = None
    component: Name | None = None


class Machine(Message):
    """Which machine, and the morning that is asked about."""

    machine_id: Name
    kitchen_id: Name = "k1"
    phase: Literal[1, 2, 3] = 1
    as_of_date: Annotated[date, Field(ge=date(1900, 1, 1), le=date(2200, 1, 1))]


def prediction_request(metrics: Sequence[str]) -> type[Machine]:
    """Make the shape of a request for a prediction for machines that report these metrics."""
    reading = create_model(
        "Reading",
        __base__=Message,
        __doc__="One reading, kitchen-local time; its batch is of the asked type if not said.",
        timestamp=(NaiveDatetime, ...),
        batch_id=(Name, ...),
        arepa_type=(Name | None, None),
        **dict[str, Any](dict.fromkeys(metrics, (Metric, ...))),
    )
    return create_model(
        "PredictionRequest",
        __base__=_PredictionRequest,
        __doc__="Either ready features or raw readings of one machine.",
        readings=(
            Annotated[list[reading], Field(max_length=LONGEST_LIST)] | None,  # ty: ignore[invalid-type-form]  (made here)
            Field(None, description="Raw readings of at least the 7 days before the morning."),
        ),
    )


class _PredictionRequest(Machine):
    features: Annotated[
        dict[Name, FiniteFloat | None] | None,
        Field(max_length=2000, description="All features of the model, null where unknown."),
    ] = None
    is_down: Annotated[bool, Field(description="Beside ready features: the machine is down.")] = (
        False
    )
    faulty_intervals: Annotated[list[FaultyInterval], Field(max_length=LONGEST_LIST)] = []
    maintenance_events: Annotated[
        list[MaintenanceEvent] | None,
        Field(
            max_length=LONGEST_LIST, description="All stops known of; null if none was looked up."
        ),
    ] = None
    batch_count_since_last_stop: Annotated[
        Count | None,
        Field(description="Beside readings that begin after the last stop ended, if known."),
    ] = None
    days_since_part_service: Annotated[
        list[FiniteFloat | None] | None,
        Field(
            min_length=len(PART_CLOCKS),
            max_length=len(PART_CLOCKS),
            description="Beside readings: days since the fleet's parts 1, 2, … were serviced.",
        ),
    ] = None

    @model_validator(mode="after")
    def _one_of_two(self) -> "_PredictionRequest":
        if (self.features is None) == (getattr(self, "readings", None) is None):
            raise ValueError("give either features or readings")
        return self


class Prediction(BaseModel):
    """A prediction as `ml.predictions` holds it, with the decision that it alone would lead to."""

    model_config = ConfigDict(extra="allow")

    machine_id: str
    arepa_type: str
    as_of_date: date
    kitchen_id: str
    phase: int
    horizon_days: int
    status: str
    failure_probability: float | None
    decision: Literal["stop", "watch", "run", "blind"] | None
    stop_threshold_probability: float | None
    reasons: str | None
    model_name: str | None
    model_version: str | None
    feature_hash: str | None
    code_version: str
    rejected_readings: dict[str, int] = Field(default_factory=dict)
    unknown_features: list[str] = Field(default_factory=list)


class Page(BaseModel):
    """Rows of a published table; `next_offset` asks for the rest, null when there is none."""

    as_of_date: date | None
    rows: list[dict[str, Any]]
    next_offset: int | None


class Feedback(Message):
    """The answer to a planned stop, times kitchen-local."""

    machine_id: Name
    start_time: NaiveDatetime
    end_time: NaiveDatetime
    finding: Literal["fault_found", "nothing_found", "postponed", "not_inspected"]
    component: Name | None = None


class Written(BaseModel):
    """Where an answer was written."""

    file: str


class Health(BaseModel):
    """Whether the endpoint can answer, and if not, why."""

    is_ready: bool
    problems: list[str]
    champions: dict[str, str]


class Fault(BaseModel):
    """What went wrong, one line."""

    error: str
