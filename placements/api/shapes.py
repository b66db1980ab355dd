"""What the API takes and gives."""

from datetime import date, datetime

from pydantic import BaseModel, ConfigDict, Field

from placements.domain.vocabulary import OutcomeKind


class Shape(BaseModel):
    """A value that is read from a record as well as from JSON; unknown fields are refused."""

    model_config = ConfigDict(from_attributes=True, extra="forbid")


class Problem(Shape):
    """Why something was refused; `request_id` finds it in the log."""

    title: str
    words: str
    request_id: str
    field: str | None = None


class Who(Shape):
    """Whom a key acts for."""

    role: str
    organisation: str


class Placement(Shape):
    """A placement of the employer."""

    id: int
    reference: str
    title: str | None
    sector: str | None
    state: str
    capacity: int
    held: int
    start_from: date | None
    start_to: date | None
    checked_at: datetime | None
    version: int


class Placements(Shape):
    """Placements, oldest first."""

    items: list[Placement]


class Person(Shape):
    """A person on one of the employer's placements; contact only after they said yes."""

    id: int
    placement_id: int
    placement_title: str
    state: str
    name: str
    email: str | None
    mobile: str | None
    start_on: date | None
    end_on: date | None


class People(Shape):
    """People of released rounds, by placement."""

    items: list[Person]


class Application(Shape):
    """One of the provider's people, as far as a list needs."""

    id: int
    reference: str
    state: str
    choices: list[str]
    max_minutes: int
    start_from: date | None
    start_to: date | None
    version: int


class Applications(Shape):
    """The provider's own people, oldest first."""

    items: list[Application]


class Question(Shape):
    """A dated question about what somebody is doing, which the key's organisation may answer."""

    id: int
    kind: str
    state: str
    assignment_id: int | None
    application_id: int | None
    due_on: date


class Questions(Shape):
    """Questions that wait, oldest first."""

    items: list[Question]


class OutcomeIn(Shape):
    """What a person is doing now."""

    kind: OutcomeKind
    from_on: date | None = None
    to_on: date | None = None
    hours_per_week: float | None = Field(None, ge=0, le=168, allow_inf_nan=False)
    is_temporary: bool | None = None
    with_whom: str | None = Field(None, max_length=200)
    evidence: str | None = Field(None, max_length=200)


class Round(Shape):
    """A round of the region, with the hashes of its seal and plan once they are there."""

    id: int
    name: str
    state: str
    opens_at: datetime
    locks_at: datetime
    release_at: datetime
    snapshot_hash: str | None
    plan_hash: str | None


class Rounds(Shape):
    """Rounds, newest first."""

    items: list[Round]


class Stage(Shape):
    """One number of the funnel, and how many are not known yet."""

    name: str
    counts: str
    n: int
    n_unknown: int


class Funnel(Shape):
    """From pledged to sustained."""

    stages: list[Stage]


class FunnelQuery(Shape):
    """Which part of the region to count."""

    round_id: int | None = Field(None, ge=1, le=2**31 - 1)
    provider_id: int | None = Field(None, ge=1, le=2**31 - 1)
    sector: str | None = Field(None, max_length=40)
    district: str | None = Field(None, max_length=60)


class StateQuery(Shape):
    """Which state to list."""

    state: str | None = Field(None, max_length=30)
