"""Where the marks of pictures go that several rooms show; the tables beneath say the same."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from placements.domain.fairness_gates import TOO_FEW, Gate

LEFT, RIGHT, TOP, ROW = 230, 610, 40, 34
BAR_ROOM, BAR_STEP = 400, 40
KEPT_BACK = "kept back"


@dataclass(frozen=True)
class Bar:
    """One stage of the funnel: how long its known and its not yet known parts are."""

    name: str
    y: int
    width: float
    unknown: float
    label: str


def draw_funnel(stages: Sequence[tuple[str, int | None, int]]) -> list[Bar]:
    """Draw each stage, as name, number and how many are not known yet, against the largest.

    A number that is kept back has no bar.
    """
    most = max([(n or 0) + unknown for _, n, unknown in stages] or [1]) or 1
    return [
        Bar(
            name,
            14 + BAR_STEP * at,
            round(BAR_ROOM * (n or 0) / most, 1),
            round(BAR_ROOM * unknown / most, 1),
            KEPT_BACK if n is None else f"{n:,}",
        )
        for at, (name, n, unknown) in enumerate(stages)
    ]


@dataclass(frozen=True)
class Interval:
    """One group: its rate as a dot, its interval as a line."""

    words: str
    y: int
    x: float
    low: float
    high: float
    is_short: bool


@dataclass(frozen=True)
class Intervals:
    """The groups under one another, the region's rate and the line of the gate."""

    rows: list[Interval]
    region: float
    gate: float
    height: int


def draw_intervals(gate: Gate) -> Intervals:
    """Place each group's interval on one scale from nobody to everybody."""
    told = [one for one in gate.groups if one.verdict != TOO_FEW and one.share is not None]
    rows = [
        Interval(
            one.group,
            TOP + ROW * n,
            _x(one.share or 0),
            _x(one.low or 0),
            _x(one.high or 0),
            one in gate.short,
        )
        for n, one in enumerate(told)
    ]
    return Intervals(rows, _x(gate.everyone), _x(gate.line), TOP + ROW * len(rows) + 30)


def _x(share: float) -> float:
    return round(LEFT + (RIGHT - LEFT) * share, 1)


@dataclass(frozen=True)
class Square:
    """One kind of work in one district: what is printed there, and how it is filled."""

    label: str
    tone: str
    depth: float
    is_marked: bool


def draw_squares(
    numbers: Mapping[tuple[str, str], int | None],
    *,
    signed: bool = False,
    marked: Collection[tuple[str, str]] = (),
) -> dict[tuple[str, str], Square]:
    """Fill each square by its number against the largest; None is a number kept back."""
    most = max((abs(n) for n in numbers.values() if n is not None), default=0) or 1
    return {at: _square(n, most, signed, at in marked) for at, n in numbers.items()}


def _square(n: int | None, most: int, signed: bool, is_marked: bool) -> Square:
    if not n:
        tone, label = ("kept", KEPT_BACK) if n is None else ("none", "0")
        return Square(label, tone, 0, is_marked)
    depth = round(0.15 + 0.65 * abs(n) / most, 2)
    label = f"{n:+,}" if signed else f"{n:,}"
    return Square(label, "short" if n < 0 else "spare", depth, is_marked)
