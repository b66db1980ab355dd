"""Where the marks of a picture go; the templates draw them, the tables say the same."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

LEFT, RIGHT, WORTH_WIDTH = 170, 560, 320
LINE_TOP, LINE_BOTTOM = 20, 220
ROW_HEIGHT, DOT_STEP = 84, 15


@dataclass(frozen=True)
class Dot:
    """One plan on one scale; plans with the same figure stand above one another."""

    x: float
    y: float
    is_baseline: bool
    is_chosen: bool


@dataclass(frozen=True)
class Row:
    """One measure with its scale; `low` and `high` are the figures at its ends."""

    label: str
    y: int
    low: int
    high: int
    dots: list[Dot]


def draw_plans(plans: list[Any]) -> list[Row]:
    """Place each plan's figures on one scale a measure."""
    measures = (
        ("Placed", lambda p: p.n_placed),
        ("1st to 3rd choice", lambda p: p.n_top3),
        ("Median minutes", lambda p: p.median_minutes),
    )
    return [
        _row(label, 40 + ROW_HEIGHT * n, plans, read) for n, (label, read) in enumerate(measures)
    ]


def _row(label: str, y: int, plans: list[Any], read: Callable[[Any], int | None]) -> Row:
    known = [(plan, value) for plan in plans if (value := read(plan)) is not None]
    values = [value for _, value in known] or [0]
    low, high, dots = min(values), max(values), []
    for number, (plan, value) in enumerate(known):
        same = [n for n, (_, other) in enumerate(known) if other == value]
        above = (same.index(number) - (len(same) - 1) / 2) * DOT_STEP
        place = (value - low) / (high - low) if high > low else 0.5
        x = round(LEFT + (RIGHT - LEFT) * place, 1)
        dots.append(Dot(x, y + above, plan.mechanism == "nearest", plan.chosen))
    return Row(label, y, low, high, dots)


@dataclass(frozen=True)
class Line:
    """One series of the answers as points of a step line, and where its name stands."""

    name: str
    points: str
    end_y: float
    label_y: float
    value: int


def draw_answers(moments: list[Any], now_hour: int) -> list[Line]:
    """Draw yes, no and unanswered as step lines by hour since the release."""
    if not moments:
        return []
    last = max(now_hour, moments[-1].hour, 1)
    most = max(max(m.yes, m.no + m.no_answer, m.waiting) for m in moments) or 1
    series = (
        ("waiting", [(m.hour, m.waiting) for m in moments]),
        ("yes", [(m.hour, m.yes) for m in moments]),
        ("no", [(m.hour, m.no + m.no_answer) for m in moments]),
    )
    lines = [_line(name, values, last, most) for name, values in series]
    return _spread(lines)


def _line(name: str, values: list[tuple[int, int]], last: int, most: int) -> Line:
    points, y = [], _y(0, most)
    for hour, value in values:
        x = _x(hour, last)
        points.append(f"{x},{y}")
        y = _y(value, most)
        points.append(f"{x},{y}")
    points.append(f"{_x(last, last)},{y}")
    return Line(name, " ".join(points), y, y, values[-1][1])


def _x(hour: int, last: int) -> float:
    return round(40 + (RIGHT - 60) * hour / last, 1)


def _y(value: int, most: int) -> float:
    return round(LINE_BOTTOM - (LINE_BOTTOM - LINE_TOP) * value / most, 1)


def _spread(lines: list[Line]) -> list[Line]:
    """Keep the names at the ends of the lines apart."""
    apart, below = [], None
    for line in sorted(lines, key=lambda line: -line.end_y):
        y = line.end_y if below is None else min(line.end_y, below - 22)
        apart.append(Line(line.name, line.points, line.end_y, y, line.value))
        below = y
    return apart


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
    return [
        WorthBar(
            one.title.split(" at ")[0],
            20 + 44 * n,
            round(WORTH_WIDTH * one.one_more_places / most_people, 1),
            round(WORTH_WIDTH * abs(one.one_more_choices or 0) / most_steps, 1),
            f"+{one.one_more_places}",
        )
        for n, one in enumerate(known)
    ]
