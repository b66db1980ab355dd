"""Where the marks of the pictures of fairness and of one more place go."""

from dataclasses import dataclass
from typing import Any

from placements.domain.fairness_gates import TOO_FEW, Gate

LEFT, RIGHT, TOP, ROW = 230, 610, 40, 34


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
class WorthBar:
    """One placement: people more placed as a bar, its choice gain as a thinner one."""

    words: str
    y: int
    width: float
    choice_width: float
    label: str


def draw_worth(worth: list[Any]) -> list[WorthBar]:
    """Draw the placements where one more place would do most."""
    known = [one for one in worth if one.one_more_places is not None]
    most_people = max((one.one_more_places for one in known), default=0) or 1
    most_steps = max((abs(one.one_more_choices or 0) for one in known), default=0) or 1
    room = RIGHT - LEFT - 60
    return [
        WorthBar(
            one.title.split(" at ")[0],
            20 + 44 * n,
            round(room * one.one_more_places / most_people, 1),
            round(room * abs(one.one_more_choices or 0) / most_steps, 1),
            f"+{one.one_more_places}",
        )
        for n, one in enumerate(known)
    ]
