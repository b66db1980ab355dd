"""Minutes between areas from a table: what they say, where they end, and what is wrong by line."""

import dataclasses
import datetime
import io

import numpy as np
import pytest

from matching import Market
from matching.checking.rides import Claim
from matching.checking.travel import wrong_journeys
from matching.errors import FeedError
from matching.rates import RATES, Rates
from matching.records import MODES
from matching.sealing.given import read_travel
from matching.transport.by_table import MinutesTable, TableTravel, read_minutes
from matching.travel import StraightLine, journeys

AREAS = "area,lat,lon\nX1 1,52.00,-1.90\nX1 2,52.10,-1.90\nX1 3,52.20,-1.90\n"
MINUTES = """from,to,mode,minutes
X1 1,X1 2,bus,33
X1 2,X1 1,bus,44
X1 1,X1 1,bus,9
X1 1,X1 3,bus,80
X1 1,X1 2,car,20
X1 2,X1 1,car,20
X1 2,X1 3,bus,99
X1 3,X1 2,bus,98
"""
DAY = datetime.date(2026, 9, 7)


def read(minutes=MINUTES, areas=AREAS):
    return read_minutes(io.StringIO(minutes), io.StringIO(areas), source="invented", taken_on=DAY)


def market_of(person=None, place=None, travel=None):
    one = {"id": "p", "lat": 52.001, "lon": -1.901, "modes": ["bus"], **(person or {})}
    site = {"id": "s", "lat": 52.099, "lon": -1.899, "shifts": [[0, 540, 1020]], **(place or {})}
    return Market([one], [site], travel=travel or TableTravel(read()))


def pair(market):
    zero = np.zeros(1, dtype=np.int64)
    found = journeys(market, zero, zero)
    mode = MODES[int(found.mode[0])] if found.mode[0] >= 0 else None
    return int(found.there[0]), int(found.back[0]), mode, bool(found.estimate[0])


@pytest.mark.parametrize(
    ("person", "place", "expected"),
    [
        ({}, {}, (33, 44, "bus", False)),
        ({"modes": ["bus", "car"]}, {}, (20, 20, "car", False)),
        ({"modes": ["bus"]}, {"lat": 52.002}, (9, 9, "bus", False)),
        ({"modes": ["bus"]}, {"lat": 52.2}, (116, 116, "bus", True)),  # no way back in the table
        ({"lat": 52.1}, {"lat": 52.2}, (99, 98, "bus", False)),  # a straight line says 64
        ({"modes": ["cycle"]}, {}, (59, 59, "cycle", True)),  # no cycling in the table
        ({"lat": 51.8}, {}, (168, 168, "bus", True)),  # in no area
        ({}, {"shifts": [[0, 330, 1020]]}, (-1, -1, None, True)),  # 05:30 less 33 is before 5
        ({}, {"shifts": [[0, 540, 1380]]}, (-1, -1, None, True)),  # 23:00 and 44 is after 23:30
        ({"lat": None}, {}, (-1, -1, None, True)),
    ],
)
def test_table_travel_takes_the_minutes_it_has_and_marks_the_rest(person, place, expected):
    market = market_of(person, place)
    assert pair(market) == expected
    if expected[0] >= 0:
        claim = Claim("p", "s", *expected)
        assert list(wrong_journeys(market, [claim])) == []
        assert list(wrong_journeys(market, [dataclasses.replace(claim, there=1)]))


def test_table_travel_is_read_back_with_its_hash_by_its_name():
    model = TableTravel(read(), Rates({"bus": RATES["bus"]}))
    again = read_travel(model.to_dict())
    assert isinstance(again, TableTravel)
    assert again.sha256 == model.sha256
    assert again.source == "invented, 2026-09-07"
    line = StraightLine(Rates({"walk": RATES["walk"]}))
    assert read_travel(line.to_dict()) == line


@pytest.mark.parametrize(
    ("minutes", "areas", "words"),
    [
        ("from,to,mode\n", AREAS, "minutes line 1: the column minutes is missing"),
        (f"{MINUTES}X1 1,X9 9,bus,3\n", AREAS, "minutes line 10: to 'X9 9' is not among"),
        (f"{MINUTES}X1 1,X1 2,bus,3\n", AREAS, "minutes line 10: X1 1 to X1 2 by bus is given"),
        (MINUTES.replace("33", "-3"), AREAS, "minutes line 2: minutes '-3' is not a whole"),
        (MINUTES.replace("33", "3.5"), AREAS, "minutes line 2: minutes '3.5' is not a whole"),
        (MINUTES.replace("33", "9999"), AREAS, "minutes line 2: 9999 minutes are more"),
        (MINUTES.replace("car", "boat"), AREAS, "minutes line 6: mode 'boat'"),
        (MINUTES, AREAS.replace("52.10", "north"), "areas line 3: lat 'north'"),
        (MINUTES, f"{AREAS}X1 1,1,1\n", "areas line 5: 'X1 1' is given twice"),
    ],
)
def test_read_minutes_bad_table_is_refused_by_file_and_line(minutes, areas, words):
    with pytest.raises(FeedError, match=words):
        read(minutes, areas)


@pytest.mark.parametrize(
    ("part", "value"),
    [("minutes", [[0, 9, 0, 1]]), ("points", [[1]]), ("taken_on", "soon"), ("areas", None)],
)
def test_minutes_table_that_cannot_be_is_refused(part, value):
    with pytest.raises(FeedError):
        MinutesTable.from_dict(read().to_dict() | {part: value})
