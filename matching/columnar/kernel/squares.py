"""Points sorted by the squares of a map, and which of them lie near: compiled loops."""

from __future__ import annotations

import dataclasses

import numpy as np
import numpy.typing as npt

from matching.assignment.kernel.compiling import compiled
from matching.columnar.columns import Floats, Ints

Ints32 = npt.NDArray[np.int32]
METRES_A_DEGREE = 111_000.0
LEAST_SQUARE = 0.01
WIDE = 1.01


@dataclasses.dataclass(frozen=True, slots=True)
class Squares:
    """Points by square, line by line from the south: ``starts`` int64 says where each begins.

    ``order`` int32[K] are the points, ``arrows`` float64[K, 3] where they are on the globe.
    """

    corner: Floats
    side: float
    shape: tuple[int, int]
    starts: Ints
    order: Ints32
    arrows: Floats

    @classmethod
    def of(cls, points: Floats, arrows: Floats) -> Squares:
        """Sort known points (degrees) into squares, about one to a point if spread evenly."""
        corner = points.min(axis=0)
        size = points.max(axis=0) - corner
        side = max(LEAST_SQUARE, float(np.sqrt(size.prod() / len(points))), size.max() / 3_000)
        lines, columns = (int(part) + 1 for part in size // side)
        at = ((points - corner) // side).astype(np.int64)
        key = at[:, 0] * columns + at[:, 1]
        order = np.argsort(key, kind="stable").astype(np.int32)
        starts = np.zeros(lines * columns + 1, dtype=np.int64)
        np.cumsum(np.bincount(key, minlength=lines * columns), out=starts[1:])
        return cls(corner, side, (lines, columns), starts, order, arrows[order])

    def near(self, points: Floats, arrows: Floats, metres: Floats, chords: Floats) -> list[Ints32]:
        """For each point how many of these are within its chord, and which, in rising order.

        ``metres`` bounds the distance along the globe to which ``chords`` belongs.
        """
        reach = _boxes(points, metres, self.corner, self.side, self.shape)
        room = count_in(reach, self.starts, self.shape[1])
        found = np.empty(room, dtype=np.int32)
        sizes = np.empty(len(points), dtype=np.int32)
        end = list_near(
            reach, self.starts, self.shape[1], self.order, self.arrows, arrows, chords, sizes, found
        )
        return [sizes, found[:end]]


def _boxes(
    points: Floats, metres: Floats, corner: Floats, side: float, shape: tuple[int, int]
) -> Ints32:
    """South, north, west and east square of the box around each point, int32[P, 4]."""
    up = metres / METRES_A_DEGREE * WIDE
    top = np.abs(points[:, 0]) + up
    aside = up / np.cos(np.radians(np.minimum(top, 85.0))) * WIDE
    low, high = points - np.stack([up, aside], 1), points + np.stack([up, aside], 1)
    everywhere = (top > 85) | (low[:, 1] < -180) | (high[:, 1] > 180)
    low[everywhere], high[everywhere] = -400.0, 400.0
    last = np.array(shape) - 1
    first, end = ((edge - corner) // side for edge in (low, high))
    box = np.stack([first, np.minimum(end, last)], 1)
    box[:, 0] = np.maximum(box[:, 0], 0)
    return box.reshape(-1, 4)[:, [0, 2, 1, 3]].astype(np.int32)


@compiled
def count_in(boxes: Ints32, starts: Ints, columns: int) -> int:
    """How many points lie in the squares of all boxes together."""
    count = 0
    for at in range(len(boxes)):
        south, north, west, east = boxes[at]
        if west <= east:
            for line in range(south, north + 1):
                count += starts[line * columns + east + 1] - starts[line * columns + west]
    return count


@compiled
def list_near(
    boxes: Ints32, starts: Ints, columns: int, order: Ints32, theirs: Floats, mine: Floats,
    chords: Floats, sizes: Ints32, found: Ints32,
) -> int:  # fmt: skip
    """Write the points near each one behind another, rising; returns where they end."""
    end = 0
    for at in range(len(boxes)):
        south, north, west, east = boxes[at]
        begin, most = end, chords[at] * chords[at]
        x, y, z = mine[at]
        if west <= east:
            for line in range(south, north + 1):
                for s in range(starts[line * columns + west], starts[line * columns + east + 1]):
                    a, b, c = theirs[s, 0] - x, theirs[s, 1] - y, theirs[s, 2] - z
                    if a * a + b * b + c * c <= most:
                        found[end] = order[s]
                        end += 1
        found[begin:end].sort()
        sizes[at] = end - begin
    return end
