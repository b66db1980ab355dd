"""Points on the earth taken as a sphere: distances in metres."""

from __future__ import annotations

import numpy as np

from matching.columnar.columns import Floats, Ints
from matching.rates import EARTH_METRES


def great_circle_metres(homes: Floats, sites: Floats) -> Floats:
    """Metres along a great circle between paired points, NaN where a point is unknown.

    Examples
    --------
    >>> import numpy as np
    >>> one = great_circle_metres(np.array([[52.0, -1.9]]), np.array([[53.0, -1.9]]))
    >>> round(float(one[0]) / 1000)
    111
    """
    a, b = np.radians(homes), np.radians(sites)
    half = np.sin((b - a) / 2) ** 2
    chord = half[:, 0] + np.cos(a[:, 0]) * np.cos(b[:, 0]) * half[:, 1]
    metres: Floats = 2 * EARTH_METRES * np.arcsin(np.sqrt(np.minimum(chord, 1.0)))
    return metres


def angles(points: Floats) -> tuple[Floats, Floats, Floats]:
    """Latitude and longitude in radians and the cosine of the latitude."""
    lat, lon = (np.ascontiguousarray(np.radians(points[:, at])) for at in (0, 1))
    return lat, lon, np.cos(lat)


def metres_between(
    homes: tuple[Floats, Floats, Floats], sites: tuple[Floats, Floats, Floats], rows: Ints,
    cols: Ints,
) -> Floats:  # fmt: skip
    """Metres along the great circle of many pairs of few points, given by their angles.

    In the steps of :func:`great_circle_metres`, so that both give the same numbers.
    """
    halves = []
    for home, site in zip(homes[:2], sites[:2], strict=True):
        half = site[cols]
        half -= home[rows]
        half /= 2
        np.sin(half, out=half)
        halves.append(np.square(half, out=half))
    chord = homes[2][rows]
    chord *= sites[2][cols]
    chord *= halves[1]
    chord += halves[0]
    np.sqrt(np.minimum(chord, 1.0, out=chord), out=chord)
    metres: Floats = np.arcsin(chord, out=chord)
    metres *= 2 * EARTH_METRES
    return metres


def on_sphere(points: Floats) -> Floats:
    """Points as metres from the centre of the earth, float64[K, 3], NaN where unknown."""
    lat, lon = np.radians(points[:, 0]), np.radians(points[:, 1])
    return EARTH_METRES * np.column_stack(
        [np.cos(lat) * np.cos(lon), np.cos(lat) * np.sin(lon), np.sin(lat)]
    )
