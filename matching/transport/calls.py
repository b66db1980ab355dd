"""The calls of trips at stops: stop_times.txt in order, checked, and with its gaps filled."""

from __future__ import annotations

import dataclasses
from array import array

import numpy as np
import numpy.typing as npt

from matching.errors import FeedError
from matching.transport.feed import Feed, clock, whole
from matching.transport.stops import Stops

BOARD, ALIGHT = 1, 2
NAME = "stop_times.txt"
NEEDED = ("trip_id", "arrival_time", "departure_time", "stop_id", "stop_sequence")
NOT_THERE = ("1", "2")
Ints = npt.NDArray[np.int64]


@dataclasses.dataclass(frozen=True)
class Calls:
    """One entry a call, by trip and order: int64[C] each, seconds after midnight of the day.

    ``flags`` is ``BOARD`` and ``ALIGHT`` added up.
    """

    trip: Ints
    stop: Ints
    arrive: Ints
    leave: Ints
    flags: Ints


def read_calls(feed: Feed, trip_at: dict[str, int], stops: Stops) -> Calls:
    """The calls of the trips that are wanted; those whose number in ``trip_at`` is -1 are not.

    Raises
    ------
    FeedError
        Naming the line of a time that is missing at an end, or goes back, or a stranger.
    """
    columns = [array("q") for _ in range(7)]
    trip, order, stop, arrive, leave, flags, lines = (column.append for column in columns)
    seconds: dict[str, int] = {"": -1}
    for line, cells in feed.rows(NAME, NEEDED, ["pickup_type", "drop_off_type"]):
        name, arrival, departure, stop_id, sequence, pickup, drop = cells
        number = trip_at.get(name)
        if number is None:
            raise FeedError(f"{NAME} line {line}: trip_id {name!r} is not in trips.txt")
        if number < 0:
            continue
        if stop_id not in stops.at:
            raise FeedError(f"{NAME} line {line}: stop_id {stop_id!r} is not in stops.txt")
        for title, text in (("arrival_time", arrival), ("departure_time", departure)):
            if text not in seconds:
                seconds[text] = clock(NAME, line, title, text)
        trip(number)
        order(whole(NAME, line, "stop_sequence", sequence))
        stop(stops.at[stop_id])
        arrive(seconds[arrival])
        leave(seconds[departure])
        flags(BOARD * (pickup not in NOT_THERE) + ALIGHT * (drop not in NOT_THERE))
        lines(line)
    return _in_order([np.array(column, dtype=np.int64) for column in columns])


def _in_order(columns: list[Ints]) -> Calls:
    order = np.lexsort((columns[1], columns[0]))
    trip, sequence, stop, arrive, leave, flags, lines = (column[order] for column in columns)
    same = trip[1:] == trip[:-1]
    _refuse(lines[1:], same & (sequence[1:] == sequence[:-1]), "stop_sequence is given twice")
    arrive, leave = _one_for_both(arrive, leave)
    ends = np.ones(len(trip), dtype=bool)
    ends[1:-1] = ~(same[1:] & same[:-1])
    _refuse(lines, ends & (leave < 0), "the first and last call of a trip need a time")
    arrive, leave = _filled(arrive), _filled(leave)
    _refuse(lines, leave < arrive, "departure_time is before arrival_time")
    _refuse(lines[1:], same & (arrive[1:] < leave[:-1]), "the time is before the call before it")
    # A ride takes a second at least: then no two events that follow each other are at one time.
    arrive[1:] = np.where(same, np.maximum(arrive[1:], leave[:-1] + 1), arrive[1:])
    return Calls(trip, stop, arrive, leave, flags)


def _one_for_both(arrive: Ints, leave: Ints) -> tuple[Ints, Ints]:
    return np.where(arrive < 0, leave, arrive), np.where(leave < 0, arrive, leave)


def _filled(times: Ints) -> Ints:
    """Missing times spread evenly between the calls that have one."""
    known = np.flatnonzero(times >= 0)
    if len(known) == len(times):
        return times
    filled: Ints = np.interp(np.arange(len(times)), known, times[known]).astype(np.int64)
    return filled


def _refuse(lines: Ints, wrong: npt.NDArray[np.bool_], why: str) -> None:
    if wrong.any():
        raise FeedError(f"{NAME} line {int(lines[wrong].min())}: {why}")
