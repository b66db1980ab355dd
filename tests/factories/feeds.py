"""Hand-made and invented GTFS feeds; every name and number in them is invented."""

from __future__ import annotations

import io
import zipfile

CALENDAR = "service_id,monday,tuesday,wednesday,thursday,friday,saturday,sunday,start_date,end_date"
WEEK = f"{CALENDAR}\nweek,1,1,1,1,1,0,0,20260831,20260927\n"
ROUTES = "route_id,route_type\nbus,3\ntrain,2\n"
# One degree of latitude is 111,195 m: a thousandth is 111 m, 105 seconds on foot.
STOPS = """stop_id,stop_name,stop_lat,stop_lon
a,Ash (invented),52.000,-1.900
b,Birch (invented),52.050,-1.900
c,Cedar (invented),52.100,-1.900
"""


def make_feed(**tables):
    """A zip file of tables by name; those not given are of a small valid feed, None leaves out."""
    given = {
        "stops": STOPS,
        "routes": ROUTES,
        "calendar": WEEK,
        "trips": "route_id,service_id,trip_id\nbus,week,one\n",
        "stop_times": times(one="a 08:00, b 08:20, c 08:40"),
    }
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        for name, text in {**given, **tables}.items():
            if text is not None:
                body = text if isinstance(text, bytes) else text.encode()
                archive.writestr(name if "." in name else f"{name}.txt", body)
    packed.seek(0)
    return packed


def times(**trips):
    """The text of stop_times from `trip="stop HH:MM, stop HH:MM:SS"`."""
    lines = ["trip_id,arrival_time,departure_time,stop_id,stop_sequence"]
    for trip, calls in trips.items():
        for at, call in enumerate(calls.split(",")):
            stop, time = call.split()
            time = time if time.count(":") == 2 else f"{time}:00"
            lines.append(f"{trip},{time},{time},{stop},{at}")
    return "\n".join(lines) + "\n"


def trips_of(*rows):
    """The text of trips from `route service trip` rows."""
    lines = ["route_id,service_id,trip_id", *(",".join(row.split()) for row in rows)]
    return "\n".join(lines) + "\n"
