"""What the endpoint is asked and what it answers: the shapes behind the OpenAPI page."""

import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Annotated, Any, Literal, TypeVar

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    NaiveDatetime,
    StrictBool,
    ValidationError,
    create_model,
    model_validator,
)
from pydantic_core import PydanticCustomError, PydanticKnownError

from python_ml.errors import InputError
from python_ml.learning.columns import PART_CLOCKS

# One line of text, as raw files hold it.
ONE_LINE = r"^[^\x00-\x1f\x7f]+$"
DAY = re.compile(r"\d{4}-\d{2}-\d{2}")


def _refuse_no_number(value: object) -> object:
    """Refuse `true` and `"3"`, which would be taken as numbers; 3.0 is one, and whole."""
    if isinstance(value, bool | str):
        raise PydanticKnownError("int_type")
    return value


def _refuse_no_day(value: object) -> object:
    """Refuse a number, written as text or not, which would be taken as seconds since 1970."""
    if not DAY.match(str(value)):
        raise PydanticCustomError("date_type", "Input should be a valid date, YYYY-MM-DD")
    return value


Name = Annotated[str, Field(min_length=1, max_length=200, pattern=ONE_LINE)]
MachineId = Annotated[
    Name, Field(description="The machine, as the raw files name it.", examples=["k01-p1-m1"])
]
KitchenId = Annotated[
    Name, Field(description="The kitchen that the machine is in.", examples=["k01"])
]
ArepaType = Annotated[Name, Field(description="The type of arepa.", examples=["a1"])]
Component = Annotated[Name, Field(description="The part that was serviced.", examples=["belt"])]
Day = Annotated[date, BeforeValidator(_refuse_no_day)]
Count = Annotated[int, Field(ge=0, le=10**9), BeforeValidator(_refuse_no_number)]
Number = Annotated[float, Field(strict=True, allow_inf_nan=False)]
Metric = Annotated[Number, Field(ge=-1e9, le=1e9)]
Decision = Literal["stop", "watch", "run", "blind"]
Finding = Annotated[
    Literal["fault_found", "nothing_found", "postponed", "not_inspected"],
    Field(
        description="What came of the stop; `postponed` and `not_inspected` say that nobody"
        " touched the machine."
    ),
]
Start = Annotated[
    NaiveDatetime,
    Field(
        description="When it began, kitchen-local, without zone.", examples=["2026-11-20T07:00:00"]
    ),
]
End = Annotated[
    NaiveDatetime,
    Field(
        description="When it ended, kitchen-local, without zone.", examples=["2026-11-20T09:00:00"]
    ),
]
LONGEST_LIST = 50_000
LONGEST_FAULT = 500
Shape = TypeVar("Shape", bound=BaseModel)


def parse_body(shape: type[Shape], body: bytes) -> Shape:
    """Read a request's body.

    Raises:
        InputError: It is not JSON, or not of that shape; one line says where.
    """
    try:
        return shape.model_validate_json(body)
    except ValidationError as error:
        faults = error.errors(include_url=False, include_context=False, include_input=False)
        raise InputError(say_faults(faults)) from error


def say_faults(faults: Iterable[Mapping[str, Any]]) -> str:
    """Put the first faults that pydantic found into one line."""
    said = "; ".join(_say(fault) for fault, _ in zip(faults, range(5), strict=False))
    return said if len(said) <= LONGEST_FAULT else f"{said[:LONGEST_FAULT]} …"


def _say(fault: Mapping[str, Any]) -> str:
    where = ".".join(str(step) for step in fault["loc"] if step not in {"body", "query", "path"})
    text = str(fault["msg"]).replace("Invalid JSON:", "JSON decode error:")
    return f"{where}: {text}" if where else text


class Message(BaseModel):
    """A message with these fields and no others."""

    model_config = ConfigDict(extra="forbid")


class Cut(Message):
    """Which rows of a published table."""

    day: Annotated[
        Day | None,
        Field(description="The morning; without it the newest.", examples=["2026-11-20"]),
    ] = None
    kitchen: Annotated[Name | None, Field(description="This kitchen alone.", examples=["k01"])] = (
        None
    )
    limit: Annotated[int, Field(ge=1, le=10_000, description="At most so many rows.")] = 1000
    offset: Annotated[
        int, Field(ge=0, le=10**9, description="Leave out so many rows; `next_offset` says which.")
    ] = 0


class PredictionCut(Cut):
    """Which published predictions."""

    machine: Annotated[
        Name | None, Field(description="This machine alone.", examples=["k01-p1-m1"])
    ] = None
    arepa_type: Annotated[
        Name | None, Field(description="This type of arepa alone.", examples=["a1"])
    ] = None


class PlanCut(Cut):
    """Which rows of the published plan."""

    decision: Annotated[
        Decision | None, Field(description="Machines with this decision alone.")
    ] = None


class Span(Message):
    """A time that ends where or after it began, if it has ended."""

    start_time: Start

    @model_validator(mode="after")
    def _in_order(self) -> "Span":
        end_time = getattr(self, "end_time", None)
        if end_time is not None and end_time < self.start_time:
            raise ValueError("end_time lies before start_time")
        return self


class FaultyInterval(Span):
    """A time in which the machine's metrics are not reliable, both ends included."""

    end_time: End


class MaintenanceEvent(Span):
    """A stop of the machine; without an end it is still down."""

    end_time: End | None = None
    kind: Annotated[
        Literal["breakdown", "planned"], Field(description="Whether it broke down or was stopped.")
    ]
    finding: Finding | None = None
    component: Component | None = None


class Machine(Message):
    """Which machine, and the morning that is asked about."""

    machine_id: MachineId
    kitchen_id: KitchenId = "k1"
    phase: Annotated[
        Literal[1, 2, 3],
        BeforeValidator(_refuse_no_number),
        Field(description="The phase that it works in."),
    ] = 1
    as_of_date: Annotated[
        Day,
        Field(
            ge=date(1900, 1, 1),
            le=date(2200, 1, 1),
            description="The morning: only what lies before it counts.",
            examples=["2026-11-24"],
        ),
    ]


def prediction_request(metrics: Sequence[str]) -> "type[AskedPrediction]":
    """Make the shape of a request for a prediction for machines that report these metrics."""
    reading = create_model(
        "Reading",
        __base__=Message,
        __doc__="One reading of the machine.",
        timestamp=(
            Annotated[NaiveDatetime, Field(description="When, kitchen-local, without zone.")],
            ...,
        ),
        batch_id=(Annotated[Name, Field(description="The batch that was cooked.")], ...),
        arepa_type=(
            Annotated[
                Name | None, Field(description="The batch's type; without it the asked one.")
            ],
            None,
        ),
        **dict[str, Any](dict.fromkeys(metrics, (Metric, ...))),
    )
    return create_model(
        "PredictionRequest",
        __base__=AskedPrediction,
        __doc__="Either ready features or raw readings of one machine.",
        readings=(
            Annotated[list[reading], Field(max_length=LONGEST_LIST)] | None,  # ty: ignore[invalid-type-form]  (made here)
            Field(None, description="Raw readings of at least the 7 days before the morning."),
        ),
    )


class AskedPrediction(Machine):
    """A request for a prediction, but for the readings, which have the fleet's metrics."""

    features: Annotated[
        dict[Name, Number | None] | None,
        Field(max_length=2000, description="All features of the model, null where unknown."),
    ] = None
    is_down: Annotated[
        StrictBool, Field(description="Beside ready features: the machine is down.")
    ] = False
    faulty_intervals: Annotated[
        list[FaultyInterval],
        Field(max_length=LONGEST_LIST, description="Beside readings: when they do not count."),
    ] = []
    maintenance_events: Annotated[
        list[MaintenanceEvent] | None,
        Field(
            max_length=LONGEST_LIST,
            description="Beside readings: all stops known of; null if none was looked up.",
        ),
    ] = None
    batch_count_since_last_stop: Annotated[
        Count | None,
        Field(description="Beside readings that begin after the last stop ended, if known."),
    ] = None
    days_since_part_service: Annotated[
        list[Number | None] | None,
        Field(
            min_length=len(PART_CLOCKS),
            max_length=len(PART_CLOCKS),
            description="Beside readings: days since parts 1, 2, … were serviced, as `parts`"
            " or else the model's tag `parts` numbers them.",
        ),
    ] = None
    parts: Annotated[
        list[Component] | None,
        Field(
            max_length=len(PART_CLOCKS),
            description="What parts 1, 2, … are called here. Another training may number them"
            " anew; with their names each clock is taken for its part all the same.",
        ),
    ] = None

    @model_validator(mode="after")
    def _one_of_two(self) -> "AskedPrediction":
        if (self.features is None) == (getattr(self, "readings", None) is None):
            raise ValueError("give either features or readings")
        if len(set(self.parts or ())) < len(self.parts or ()):
            raise ValueError("parts: name each part once")
        return self


class Prediction(BaseModel):
    """A prediction as `ml.predictions` holds it, with the decision that it alone would lead to."""

    model_config = ConfigDict(extra="allow")

    machine_id: MachineId
    arepa_type: ArepaType
    as_of_date: Annotated[date, Field(description="The morning that was asked about.")]
    kitchen_id: KitchenId
    phase: int
    horizon_days: Annotated[int, Field(description="A breakdown within so many days counts.")]
    status: Annotated[
        str,
        Field(
            description="`scored`; `no_data` without readings in 7 days, `down` for a machine that"
            " stands still: both without a probability.",
            examples=["scored"],
        ),
    ]
    failure_probability: Annotated[
        float | None,
        Field(description="Of a breakdown within `horizon_days`, 0 to 1.", examples=[0.31]),
    ]
    decision: Annotated[
        Decision | None,
        Field(description="What this alone would lead to; the plan also has slots and phases."),
    ]
    stop_threshold_probability: Annotated[
        float | None, Field(description="From here on stopping pays.", examples=[0.12])
    ]
    reasons: Annotated[
        str | None,
        Field(
            description="What moved the prediction most, in words.",
            examples=["days since the last stop 26.6, usually 13.5"],
        ),
    ]
    model_name: Annotated[str | None, Field(examples=["arepas__a1"])]
    model_version: Annotated[str | None, Field(examples=["3"])]
    feature_hash: Annotated[
        str | None, Field(description="Of the names of the model's features, in their order.")
    ]
    code_version: Annotated[str, Field(description="The commit that answered.")]
    rejected_readings: Annotated[
        dict[str, int], Field(description="Readings that were set aside, by reason.")
    ] = Field(default_factory=dict)
    unknown_features: Annotated[
        list[str], Field(description="Features that the request does not tell.")
    ] = Field(default_factory=list)


class Page(BaseModel):
    """Rows of a published table."""

    as_of_date: Annotated[date | None, Field(description="The morning; null before the first.")]
    rows: list[dict[str, Any]]
    next_offset: Annotated[
        int | None, Field(description="The `offset` that gives the rest; null when there is none.")
    ]


class Feedback(Message):
    """The answer to a planned stop."""

    machine_id: MachineId
    start_time: Start
    end_time: End
    finding: Finding
    component: Component | None = None


class Written(BaseModel):
    """Where an answer was written."""

    file: Annotated[
        str,
        Field(
            description="The raw file, which the next morning reads.",
            examples=["maintenance_events_answers_2026-11.csv"],
        ),
    ]


class Alive(BaseModel):
    """Whether the process does its work."""

    status: Literal["alive", "dead"]


class Health(BaseModel):
    """Whether the endpoint can answer all it should, and if not, why."""

    is_ready: bool
    problems: Annotated[list[str], Field(description="One line each; empty when ready.")]
    champions: Annotated[
        dict[str, str],
        Field(description="The model version in memory, by type of arepa.", examples=[{"a1": "3"}]),
    ]


class Fault(BaseModel):
    """What went wrong, one line."""

    error: Annotated[str, Field(examples=["machine_id: Field required"])]
