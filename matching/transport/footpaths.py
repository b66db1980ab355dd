"""Walking to, from and between stops: whole seconds over great circles, with a detour."""

from __future__ import annotations

import dataclasses

import numpy as np
import numpy.typing as npt
from scipy.spatial import cKDTree

from matching.rates import Rate
from matching.sphere import great_circle_metres, on_sphere
from matching.transport.timetable import Timetable

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]
WALK_TO_STOP = 900
WALK_BETWEEN = 300
CHANGE = 60
COVERED_METRES = 5_000


@dataclasses.dataclass(frozen=True, slots=True)
class Footpaths:
    """Ways on foot as rows: row r has ``ends[starts[r]:starts[r + 1]]``, ``seconds`` beside."""

    starts: Ints
    ends: Ints
    seconds: Ints


def walking_seconds(metres: Floats, walk: Rate) -> Ints:
    """Whole seconds, rounded up, to walk whole metres as the crow flies."""
    whole = np.rint(metres).astype(np.int64)
    seconds: Ints = -(-whole * walk.detour * 36 // walk.speed)
    return seconds


def ways_on_foot(points: Floats, stops: Floats, walk: Rate, most: int) -> Footpaths:
    """From each point to every stop that it is at most ``most`` seconds to walk to."""
    reach = most * walk.speed / (36 * walk.detour) + 2
    known = ~np.isnan(points[:, 0])
    near: list[list[int]] = [[] for _ in range(len(points))]
    if known.any() and len(stops):
        tree = cKDTree(on_sphere(stops))
        for at in np.flatnonzero(known).tolist():
            near[at] = sorted(tree.query_ball_point(on_sphere(points[at : at + 1])[0], reach))
    rows = np.repeat(np.arange(len(points)), [len(some) for some in near])
    ends = np.array([stop for some in near for stop in some], dtype=np.int64)
    seconds = walking_seconds(great_circle_metres(points[rows], stops[ends]), walk)
    keep = seconds <= most
    return as_rows(rows[keep], ends[keep], seconds[keep], len(points))


def as_rows(rows: Ints, ends: Ints, seconds: Ints, n_rows: int) -> Footpaths:
    """Ways in any order as rows, by row and then end."""
    order = np.lexsort((ends, rows))
    starts = np.zeros(n_rows + 1, dtype=np.int64)
    np.cumsum(np.bincount(rows, minlength=n_rows), out=starts[1:])
    return Footpaths(starts, ends[order], seconds[order])


def changes(timetable: Timetable, walk: Rate) -> tuple[Ints, Ints, Ints]:
    """From, to and seconds of every change: at one stop, on foot, and as the feed says."""
    n = len(timetable.stops)
    stops = timetable.stops / 1_000_000
    paths = ways_on_foot(stops, stops, walk, WALK_BETWEEN)
    ones = np.repeat(np.arange(n), np.diff(paths.starts))
    seconds = np.where(ones == paths.ends, CHANGE, np.maximum(paths.seconds, CHANGE))
    given = timetable.transfers
    keys, said = ones * n + paths.ends, given[:, 0] * n + given[:, 1]
    kept = ~np.isin(keys, said)
    allowed = given[:, 2] >= 0
    return (
        np.concatenate([ones[kept], given[allowed, 0]]),
        np.concatenate([paths.ends[kept], given[allowed, 1]]),
        np.concatenate([seconds[kept], given[allowed, 2]]),
    )


def covered(points: Floats, timetable: Timetable) -> npt.NDArray[np.bool_]:
    """Whether a point lies where the timetable reaches, within 5 km of a stop, bool[K]."""
    inside = ~np.isnan(points[:, 0])
    if inside.any():
        tree = cKDTree(on_sphere(timetable.stops / 1_000_000))
        distance, _ = tree.query(on_sphere(points[inside]))
        inside[inside] = distance <= COVERED_METRES
    return inside
