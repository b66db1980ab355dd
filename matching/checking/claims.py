"""What a plan says, read into arrays of positions for the checker; unreadable parts are named."""

from __future__ import annotations

import dataclasses
import itertools
from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np
import numpy.typing as npt

from matching.columnar.columns import Ints
from matching.columnar.listing import (
    NO_PLACE,
    PLACES_TAKEN,
    Lines,
    Placed,
    Placings,
    Prices,
    Reasons,
)
from matching.market import Market
from matching.plan import Plan
from matching.records import MODES

FIGURES = ("choice", "minutes_there", "minutes_back", "metres", "mode", "estimate", "pinned")


class Unreadable(Exception):
    """A part of a plan that is not of the shape it must have; the text says what."""


@dataclasses.dataclass(frozen=True, slots=True)
class Claims:
    """Who a plan places where, by position (-1 unknown); figures as in ``Placings``."""

    rows: Ints
    cols: Ints
    figures: dict[str, npt.NDArray[Any]]


def read_claims(market: Market, plan: Plan) -> Claims:
    """The assignments of a plan."""
    held = plan.assignments
    people: Iterable[Any]
    places: Iterable[Any]
    if isinstance(held, Placings):
        figures = {name: getattr(held, name) for name in FIGURES}
        people, places = held.candidate, held.placement
    else:
        people, places = [a.candidate for a in held], [a.placement for a in held]
        figures = {name: _figures(held, name) for name in FIGURES}
    return Claims(positions(market.row_of, people), positions(market.col_of, places), figures)


def _shaped(what: str, values: Iterable[Any], kind: type) -> None:
    if not all(isinstance(value, kind) for value in values):
        raise Unreadable(f"a {what} is not of its kind")


def read_lines(market: Market, plan: Plan) -> tuple[Ints, Ints, Ints]:
    """The lines of a plan: position of each placement, people in its line, and who they are."""
    told = plan.reserves
    if isinstance(told, Lines):
        sizes = np.diff(told.starts)
        return positions(market.col_of, told.names), sizes, positions(market.row_of, told.people)
    _shaped("line", told.values(), list)
    sizes = np.array([len(line) for line in told.values()], dtype=np.int64)
    people = [name for line in told.values() for name in line]
    return positions(market.col_of, told), sizes, positions(market.row_of, people)


def positions(at: Mapping[str, int], names: Iterable[Any]) -> Ints:
    """Position of each name, -1 for one that is not there; an array of names holds texts only."""
    if isinstance(names, np.ndarray):
        found = map(at.get, names.tolist(), itertools.repeat(-1))
        return np.fromiter(found, dtype=np.int64, count=len(names))
    return np.array([at.get(n, -1) if isinstance(n, str) else -1 for n in names], dtype=np.int64)


def _figures(held: Iterable[Placed], name: str) -> npt.NDArray[Any]:
    values = [getattr(one, name) for one in held]
    if name == "mode":
        return np.array([_mode(value) for value in values], dtype=np.int64)
    if name == "choice":
        values = [0 if value is None else value or -1 for value in values]
    kind = bool if name in ("estimate", "pinned") else int
    if any(type(value) is not kind for value in values):
        raise Unreadable(f"a {name} is not of its kind")
    return whole_numbers(name, values) if kind is int else np.array(values, dtype=bool)


def _mode(value: Any) -> int:
    return -1 if value is None else MODES.index(value) if value in MODES else -2


def whole_numbers(what: str, values: list[Any]) -> Ints:
    """Python whole numbers of 64 bits as an array."""
    if any(type(value) is not int for value in values):
        raise Unreadable(f"a {what} is not a whole number")
    try:
        return np.array(values, dtype=np.int64)
    except OverflowError:
        raise Unreadable(f"a {what} does not fit 64 bits") from None


@dataclasses.dataclass(frozen=True, slots=True)
class ToldReasons:
    """The reasons of a plan: positions, the count of open placements, refusals by rule."""

    rows: Ints
    eligible: Ints
    rules: tuple[str, ...]
    refused: Ints


def read_reasons(market: Market, plan: Plan) -> ToldReasons:
    """Why a plan places nobody else; every reason has the fields it must and no others."""
    told = plan.reasons
    if isinstance(told, Reasons):
        rows = positions(market.row_of, told.names)
        if len(told.names) != len(set(told.names.tolist())):
            raise Unreadable("someone has two reasons")
        return ToldReasons(rows, told.eligible, told.rules, told.refused)
    rows = positions(market.row_of, told)
    _shaped("reason", told.values(), Mapping)
    refusals = [reason.get("refused", {}) for reason in told.values()]
    _shaped("reason", refusals, Mapping)
    rules = sorted({str(rule) for refused in refusals for rule in refused})
    counts = np.zeros((len(told), len(rules)), dtype=np.int64)
    for at, (name, reason) in enumerate(told.items()):
        open_ = reason.get("code") == PLACES_TAKEN
        fields = {"code", "eligible"} if open_ else {"code", "eligible", "refused"}
        if set(reason) != fields or reason["code"] not in (PLACES_TAKEN, NO_PLACE):
            raise Unreadable(f"the reason of {name} is not of its kind")
        if open_ == (reason["eligible"] == 0):
            raise Unreadable(f"the reason of {name} contradicts itself")
        refused = reason.get("refused", {})
        if 0 in refused.values():
            raise Unreadable(f"the reason of {name} counts nothing")
        counts[at] = whole_numbers("count", [refused.get(rule, 0) for rule in rules])
    eligible = whole_numbers("count", [reason["eligible"] for reason in told.values()])
    return ToldReasons(rows, eligible, tuple(rules), counts)


def read_prices(told: Any, at: Mapping[str, int], words: int) -> list[Ints]:
    """The prices of one side by position, cut into their 64-bit words, the first word first."""
    if not isinstance(told, Mapping) or len(told) != len(at):
        raise Unreadable("the prices do not cover the market")
    where = positions(at, told.names if isinstance(told, Prices) else told)
    if (np.bincount(where[where >= 0], minlength=len(at)) != 1).any():
        raise Unreadable("the prices do not cover the market")
    order = np.argsort(where)
    if isinstance(told, Prices) and words == 1 and told.values_at.dtype == np.int64:
        return [told.values_at[order]]
    values = list(told.values_at.tolist() if isinstance(told, Prices) else told.values())
    return cut_words("price", [values[i] for i in order.tolist()], words)


def cut_words(what: str, values: list[Any], words: int) -> list[Ints]:
    """Whole numbers cut into signed words of 64 bits, most significant first.

    Examples
    --------
    >>> [word.tolist() for word in cut_words("price", [2**64 - 1, 5], 2)]
    [[1, 0], [-1, 5]]
    """
    found: list[Ints] = []
    for _ in range(words - 1):
        if any(type(value) is not int for value in values):
            raise Unreadable(f"a {what} is not a whole number")
        low = [(value + 2**63) % 2**64 - 2**63 for value in values]
        values = [(value - part) >> 64 for value, part in zip(values, low, strict=True)]
        found.append(whole_numbers(what, low))
    return [whole_numbers(what, values), *reversed(found)]
