"""Outlines of districts, drawn from the postcodes that the region ships."""

from itertools import pairwise

from placements.services.outlines import find_outlines
from placements.settings import ROOT

FOLDER = ROOT / "config/regions/west_midlands"


def crosses(line, lat, lon):
    """How often a ray from a place to the east crosses a line."""
    found = 0
    for (a, x), (b, y) in pairwise(line):
        if (a > lat) != (b > lat) and lon < x + (lat - a) * (y - x) / (b - a):
            found += 1
    return found


def test_every_district_is_named_once_and_lies_inside_the_lines():
    outlines = find_outlines(FOLDER)
    names = [name for name, _ in outlines.names]
    assert len(names) == len(set(names)) == 7
    for name, (lat, lon) in outlines.names:
        east = sum(crosses(line, lat, lon) for line in outlines.lines)
        everywhere = sum(crosses(line, lat, -9.0) for line in outlines.lines)
        assert east and everywhere > east, name


def test_lines_join_end_to_end_and_are_few_enough_for_a_page():
    lines = find_outlines(FOLDER).lines
    ends = [end for line in lines for end in (line[0], line[-1])]
    assert all(ends.count(end) >= 2 for end in ends)
    assert 10 < sum(map(len, lines)) < 500
