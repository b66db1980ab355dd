"""Eastings and northings of Great Britain's National Grid as WGS84 latitude and longitude.

Inverse transverse Mercator on the Airy 1830 ellipsoid, then the seven-figure Helmert change that
Ordnance Survey gives in "A guide to coordinate systems in Great Britain". Good to about 5 metres,
far finer than a postcode; OS's own OSTN15 grid is for those who need centimetres.
"""

from math import atan2, cos, degrees, radians, sin, sqrt, tan
from typing import TypeAlias

Cartesian: TypeAlias = tuple[float, float, float]

_AIRY = (6_377_563.396, 6_356_256.909)
_WGS84 = (6_378_137.0, 6_356_752.314245)
_SCALE = 0.9996012717
_TRUE_ORIGIN = (radians(49.0), radians(-2.0))
_FALSE_ORIGIN = (400_000.0, -100_000.0)
_SHIFT = (446.448, -125.157, 542.060)
_PARTS_PER_MILLION = -20.4894
_TURN_SECONDS = (0.1502, 0.2470, 0.8421)


def grid_to_wgs84(easting: float, northing: float) -> tuple[float, float]:
    """Give WGS84 latitude and longitude in degrees for a National Grid reference in metres."""
    lat, lon = _unproject(easting, northing)
    lat, lon = _to_angles(_helmert(_to_cartesian(lat, lon, *_AIRY)), *_WGS84)
    return degrees(lat), degrees(lon)


def _meridional_arc(lat: float, n: float, b: float) -> float:
    low, high = lat - _TRUE_ORIGIN[0], lat + _TRUE_ORIGIN[0]
    return (
        b
        * _SCALE
        * (
            (1 + n + 5 / 4 * n**2 + 5 / 4 * n**3) * low
            - (3 * n + 3 * n**2 + 21 / 8 * n**3) * sin(low) * cos(high)
            + (15 / 8 * n**2 + 15 / 8 * n**3) * sin(2 * low) * cos(2 * high)
            - 35 / 24 * n**3 * sin(3 * low) * cos(3 * high)
        )
    )


def _unproject(easting: float, northing: float) -> tuple[float, float]:
    a, b = _AIRY
    e2 = 1 - (b / a) ** 2
    n = (a - b) / (a + b)
    north = northing - _FALSE_ORIGIN[1]
    lat = _TRUE_ORIGIN[0] + north / (a * _SCALE)
    while abs(north - (arc := _meridional_arc(lat, n, b))) >= 1e-5:
        lat += (north - arc) / (a * _SCALE)
    nu = a * _SCALE / sqrt(1 - e2 * sin(lat) ** 2)
    rho = a * _SCALE * (1 - e2) / (1 - e2 * sin(lat) ** 2) ** 1.5
    eta2 = nu / rho - 1
    t, sec, east = tan(lat), 1 / cos(lat), easting - _FALSE_ORIGIN[0]
    # The terms VII to XIIA of the guide, in its order.
    vii = t / (2 * rho * nu)
    viii = t / (24 * rho * nu**3) * (5 + 3 * t**2 + eta2 - 9 * t**2 * eta2)
    ix = t / (720 * rho * nu**5) * (61 + 90 * t**2 + 45 * t**4)
    x = sec / nu
    xi = sec / (6 * nu**3) * (nu / rho + 2 * t**2)
    xii = sec / (120 * nu**5) * (5 + 28 * t**2 + 24 * t**4)
    xiia = sec / (5040 * nu**7) * (61 + 662 * t**2 + 1320 * t**4 + 720 * t**6)
    return (
        lat - vii * east**2 + viii * east**4 - ix * east**6,
        _TRUE_ORIGIN[1] + x * east - xi * east**3 + xii * east**5 - xiia * east**7,
    )


def _to_cartesian(lat: float, lon: float, a: float, b: float) -> Cartesian:
    e2 = 1 - (b / a) ** 2
    nu = a / sqrt(1 - e2 * sin(lat) ** 2)
    return nu * cos(lat) * cos(lon), nu * cos(lat) * sin(lon), nu * (1 - e2) * sin(lat)


def _helmert(point: Cartesian) -> Cartesian:
    x, y, z = point
    rx, ry, rz = (radians(seconds / 3600) for seconds in _TURN_SECONDS)
    scale = 1 + _PARTS_PER_MILLION * 1e-6
    return (
        _SHIFT[0] + scale * x - rz * y + ry * z,
        _SHIFT[1] + rz * x + scale * y - rx * z,
        _SHIFT[2] - ry * x + rx * y + scale * z,
    )


def _to_angles(point: Cartesian, a: float, b: float) -> tuple[float, float]:
    x, y, z = point
    e2 = 1 - (b / a) ** 2
    p = sqrt(x * x + y * y)
    lat = atan2(z, p * (1 - e2))
    for _ in range(6):  # each pass gains about five digits
        nu = a / sqrt(1 - e2 * sin(lat) ** 2)
        lat = atan2(z + e2 * nu * sin(lat), p)
    return lat, atan2(y, x)
