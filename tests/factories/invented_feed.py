"""An invented GTFS feed as large as a city region's: straight lines of stops with their trips."""

from __future__ import annotations

import io
import zipfile

import numpy as np

CENTRE = (52.48, -1.89)
EXTENT = (0.14, 0.22)
SERVICES = "service_id,monday,tuesday,wednesday,thursday,friday,saturday,sunday,start_date,end_date"
CALENDAR = f"""{SERVICES}
mf,1,1,1,1,1,0,0,20260831,20261231
sa,0,0,0,0,0,1,0,20260831,20261231
su,0,0,0,0,0,0,1,20260831,20261231
"""
DAYS = (("mf", 1.0), ("sa", 0.8), ("su", 0.5))


def invent_feed(
    lines: int = 400,
    stops_a_line: int = 40,
    trips_a_day: int = 30,
    seed: int = 0,
    extent: tuple[float, float] = EXTENT,
):
    """A zip file of `lines` routes, each run both ways; the same for the same seed.

    A line runs straight across the region. Its stops are taken from a grid, so that lines cross
    and share stops. A tenth of the lines are trains, with wide steps.
    """
    rng = np.random.default_rng(seed)
    stops: dict[tuple[int, int], str] = {}
    routes, trips, calls = ["route_id,route_type"], ["route_id,service_id,trip_id"], []
    for line in range(lines):
        train = line % 10 == 0
        points = _line(rng, extent, stops_a_line // (4 if train else 1))
        names = [stops.setdefault(point, f"s{len(stops)}") for point in points]
        routes.append(f"r{line},{2 if train else 3}")
        hop = 150 if train else int(rng.integers(70, 130))
        for service, share in DAYS:
            n_trips = int(trips_a_day * share)
            starts = np.sort(rng.integers(5 * 60, 24 * 60, n_trips)) * 60
            for way in (1, -1):
                for k, start in enumerate(starts.tolist()):
                    trip = f"t{line}{service}{k}{'x' if way > 0 else 'y'}"
                    trips.append(f"r{line},{service},{trip}")
                    for at, stop in enumerate(names[::way]):
                        time = _clock(start + at * hop)
                        calls.append(f"{trip},{time},{time},{stop},{at}")
    return _packed(stops, routes, trips, calls)


def _line(rng: np.random.Generator, extent, n: int) -> list[tuple[int, int]]:
    """Grid points, about 250 m apart, on a straight line across the region; each once."""
    ends = rng.uniform(-1, 1, (2, 2)) * extent
    along = np.linspace(0, 1, n)[:, None]
    grid = np.rint((ends[0] + along * (ends[1] - ends[0])) / (0.0025, 0.004)).astype(int)
    return list(dict.fromkeys(map(tuple, grid.tolist())))


def _clock(second: int) -> str:
    return f"{second // 3600:02}:{second // 60 % 60:02}:{second % 60:02}"


def _packed(stops, routes, trips, calls):
    places = [
        f"{name},{CENTRE[0] + x * 0.0025:.5f},{CENTRE[1] + y * 0.004:.5f}"
        for (x, y), name in stops.items()
    ]
    tables = {
        "stops.txt": ["stop_id,stop_lat,stop_lon", *places],
        "routes.txt": routes,
        "trips.txt": trips,
        "stop_times.txt": ["trip_id,arrival_time,departure_time,stop_id,stop_sequence", *calls],
    }
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        archive.writestr("calendar.txt", CALENDAR)
        for name, lines in tables.items():
            archive.writestr(name, "\n".join(lines) + "\n")
    packed.seek(0)
    return packed
