"""The fairness gate: is a group of people placed clearly less often than everybody together?"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from math import ceil
from typing import Any

from placements.domain.measures import wilson

GATE_PERCENT = 80
FEWEST_PEOPLE = 30
TOO_FEW, FALLS_SHORT, NOT_CLEAR, PASSES = "too_few", "falls_short", "not_clear", "passes"
NOT_SHOWN = "not_shown"


@dataclass(frozen=True)
class GroupLine:
    """One group beside the line of the gate; None is a number kept back."""

    question: str
    group: str
    people: int | None
    placed: int | None
    share: float | None
    low: float | None
    high: float | None
    verdict: str
    n_short: int = 0


@dataclass(frozen=True)
class Gate:
    """The line no group may clearly be under, and each group beside it."""

    percent: int
    everyone: float
    line: float
    groups: tuple[GroupLine, ...]

    @property
    def short(self) -> tuple[GroupLine, ...]:
        """The groups that are clearly under the line."""
        return tuple(one for one in self.groups if one.verdict == FALLS_SHORT)

    @property
    def passes(self) -> bool:
        """Say whether no group is clearly under the line."""
        return not self.short


def gate_percent(policy: Mapping[str, Any]) -> int:
    """Return the gate of a round's rules: a share of everybody's rate, in percent."""
    return int(policy.get("fairness_gate", GATE_PERCENT))


Truth = Mapping[str, Mapping[str, tuple[int, int, float, float]]]


def judge_groups(figures: Mapping[str, Any], truth: Truth, percent: int) -> Gate:
    """Hold every group of a plan to `percent` of the rate of everybody together.

    `figures` are what may be shown; `truth` holds people, people placed and the 95 % interval of
    every group, so that a number kept back is still judged. A group falls short only if the whole
    of its interval is under the line; groups under 30 people are too few to say.
    """
    everyone = figures["everyone"]["placed"]["share"] or 0.0
    line = everyone * percent / 100
    groups = tuple(
        _judge(question, group, figures["groups"][question][group], known, line)
        for question, answers in truth.items()
        for group, known in answers.items()
    )
    return Gate(percent, everyone, line, groups)


Published = tuple[str, str, int | None, int | None]
"""A question, a group, its people and how many were placed; None is a number kept back."""


def judge_published(everyone: tuple[int, int], groups: Iterable[Published], percent: int) -> Gate:
    """Hold groups to the gate by published numbers alone, so that no verdict tells of others."""
    people, n_placed = everyone
    share = n_placed / people if people else 0.0
    line = share * percent / 100
    return Gate(percent, share, line, tuple(_judge_published(*group, line) for group in groups))


def _judge_published(
    question: str, group: str, people: int | None, placed: int | None, line: float
) -> GroupLine:
    interval = wilson(placed, people) if people and placed is not None else None
    if not people or placed is None or interval is None:
        return GroupLine(question, group, people, placed, None, None, None, NOT_SHOWN)
    verdict = _verdict(people, *interval, line)
    return GroupLine(question, group, people, placed, placed / people, *interval, verdict)


def _judge(
    question: str,
    group: str,
    shown: Mapping[str, Any],
    known: tuple[int, int, float, float],
    line: float,
) -> GroupLine:
    people, n_placed, low, high = known
    rate, verdict = shown["placed"], _verdict(people, low, high, line)
    is_shown = shown["people"] is not None and rate["share"] is not None
    n_short = ceil(line * people) - n_placed if verdict == FALLS_SHORT and is_shown else 0
    interval = rate["share"], rate["low"], rate["high"]
    return GroupLine(question, group, shown["people"], rate["count"], *interval, verdict, n_short)


def _verdict(people: int, low: float, high: float, line: float) -> str:
    if people < FEWEST_PEOPLE:
        return TOO_FEW
    if high < line:
        return FALLS_SHORT
    return PASSES if low >= line else NOT_CLEAR
