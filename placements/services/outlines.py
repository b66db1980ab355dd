"""Where districts end, worked out from the postcodes that the region ships; for pictures only.

The region is laid over with cells; each belongs to the district of its nearest postcode. Lines run
where neighbours differ, and each is thinned once, so that two districts share one line.
"""

from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from itertools import islice
from pathlib import Path

import numpy as np
from scipy.ndimage import label
from scipy.spatial import cKDTree

from placements.services.gazetteer import find_shipped, get_rules

CELL_KM, KM_A_DEGREE, MARGIN = 0.8, 111.2, 2
FAR_KM, THIN, EVERY = 1.6, 0.75, 3
Corner = tuple[int, int]
Place = tuple[float, float]


@dataclass(frozen=True)
class Outlines:
    """Lines between districts as points of latitude and longitude, and where each name stands."""

    lines: tuple[tuple[Place, ...], ...]
    names: tuple[tuple[str, Place], ...]


@lru_cache(maxsize=4)
def find_outlines(folder: Path) -> Outlines:
    """Return the outlines of the districts of the region kept in `folder`."""
    rules = get_rules(folder)
    some = islice(find_shipped(folder), 0, None, EVERY)
    units = [(lat, lon, rules.district_of(code)) for code, lat, lon in some]
    inside = np.array([(lat, lon) for lat, lon, name in units if name in rules.districts])
    if not len(inside):
        return Outlines((), ())
    names = ["", *rules.districts]
    labels = np.array([names.index(n) if n in names else 0 for _, _, n in units])
    points = np.array([(lat, lon) for lat, lon, _ in units])
    scale = np.array([KM_A_DEGREE, KM_A_DEGREE * np.cos(np.radians(inside[:, 0].mean()))])
    low = inside.min(axis=0) * scale - MARGIN * CELL_KM
    grid = _label(points * scale, labels, low, inside.max(axis=0) * scale)

    def place(corner: Corner) -> Place:
        lat, lon = (low + np.array(corner) * CELL_KM) / scale
        return round(float(lat), 4), round(float(lon), 4)

    arcs = [_thin(arc) for arc in _trace(_edges(grid))]
    lines = tuple(tuple(place(corner) for corner in arc) for arc in arcs if len(arc) > 1)
    return Outlines(lines, tuple(_names(grid, names, place)))


def _label(points: np.ndarray, labels: np.ndarray, low: np.ndarray, high: np.ndarray) -> np.ndarray:
    """Give each cell the district of its nearest postcode; none where no postcode is near."""
    n_rows, n_columns = (np.ceil((high - low) / CELL_KM).astype(int) + MARGIN).tolist()
    rows, columns = np.mgrid[0:n_rows, 0:n_columns]
    middles = low + (np.stack([rows.ravel(), columns.ravel()], axis=1) + 0.5) * CELL_KM
    far, nearest = cKDTree(points).query(middles)
    grid = np.where(far > FAR_KM, 0, labels[nearest]).reshape(n_rows, n_columns)
    grid[[0, -1], :], grid[:, [0, -1]] = 0, 0
    return _largest_parts(grid)


def _largest_parts(grid: np.ndarray) -> np.ndarray:
    """Keep one piece of each district, so that a stray postcode draws no island."""
    kept = np.zeros_like(grid)
    for district in np.unique(grid[grid > 0]):
        parts, n_parts = label(grid == district)
        if n_parts:
            sizes = np.bincount(parts.ravel())[1:]
            kept[parts == int(np.argmax(sizes)) + 1] = district
    return kept


def _edges(grid: np.ndarray) -> dict[Corner, list[Corner]]:
    """Return the corners joined by a line between two cells that differ."""
    joined: dict[Corner, list[Corner]] = defaultdict(list)
    for row, column in np.argwhere(grid[1:, :] != grid[:-1, :]).tolist():
        _join(joined, (row + 1, column), (row + 1, column + 1))
    for row, column in np.argwhere(grid[:, 1:] != grid[:, :-1]).tolist():
        _join(joined, (row, column + 1), (row + 1, column + 1))
    return joined


def _join(joined: dict[Corner, list[Corner]], one: Corner, other: Corner) -> None:
    joined[one].append(other)
    joined[other].append(one)


def _trace(joined: dict[Corner, list[Corner]]) -> list[list[Corner]]:
    """Walk every line once, from one corner where lines meet to the next; rings last."""
    left = {frozenset((a, b)) for a, others in joined.items() for b in others}
    meets = sorted(corner for corner, others in joined.items() if len(others) != 2)
    arcs = []
    for start in [*meets, *sorted(joined)]:
        for step in joined[start]:
            if frozenset((start, step)) in left:
                arcs.append(_walk(joined, left, start, step))
    return arcs


def _walk(joined: dict, left: set, start: Corner, step: Corner) -> list[Corner]:
    arc = [start, step]
    left.discard(frozenset((start, step)))
    while len(joined[arc[-1]]) == 2:
        onward = [c for c in joined[arc[-1]] if frozenset((arc[-1], c)) in left]
        if not onward:
            break
        left.discard(frozenset((arc[-1], onward[0])))
        arc.append(onward[0])
    return arc


def _thin(arc: list[Corner]) -> list[Corner]:
    """Leave out corners that a straight line passes within a part of a cell (Douglas-Peucker)."""
    if len(arc) < 3:
        return arc
    if arc[0] == arc[-1]:
        half = len(arc) // 2
        return [*_thin(arc[: half + 1]), *_thin(arc[half:])[1:]]
    points = np.array(arc, dtype=float)
    across = points[-1] - points[0]
    away = points - points[0]
    off = np.abs(away[:, 0] * across[1] - away[:, 1] * across[0]) / np.hypot(*across)
    furthest = int(np.argmax(off))
    if off[furthest] <= THIN:
        return [arc[0], arc[-1]]
    return [*_thin(arc[: furthest + 1])[:-1], *_thin(arc[furthest:])]


def _names(
    grid: np.ndarray, names: list[str], place: Callable[[Corner], Place]
) -> list[tuple[str, Place]]:
    found = []
    for number, name in enumerate(names):
        cells = np.argwhere(grid == number)
        if number and len(cells):
            middle = cells[np.argmin(((cells - cells.mean(axis=0)) ** 2).sum(axis=1))]
            found.append((name, place((int(middle[0]), int(middle[1])))))
    return found
