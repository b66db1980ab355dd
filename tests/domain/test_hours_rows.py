"""A week as people type it."""

from datetime import time

import pytest

from placements.domain.hours_rows import HoursRow, read_hours


def hours(start, end, **more):
    return HoursRow(time(*start), time(*end), **more)


@pytest.mark.parametrize(
    ("row", "shift"),
    [
        (hours((9,), (17,)), [0, 540, 1020]),
        (hours((9,), (5,)), [0, 540, 1020]),
        (hours((9,), (12,)), [0, 540, 720]),
        (hours((12,), (4,)), [0, 720, 960]),
        (hours((22,), (6,)), [0, 1320, 1800]),
        (hours((22,), (6,), says_half=True), [0, 1320, 1800]),
        (hours((18,), (0,)), [0, 1080, 1440]),
        (hours((17,), (2, 30)), [0, 1020, 1590]),
    ],
)
def test_an_end_that_is_not_after_its_start_is_the_afternoon_or_the_next_day(row, shift):
    assert read_hours([row]) == ([shift], [])


def test_same_as_above_copies_the_last_day_with_hours():
    rows = [hours((9,), (17,)), HoursRow(), HoursRow(same=True)]
    assert read_hours(rows) == ([[0, 540, 1020], [2, 540, 1020]], [])


def test_every_row_that_cannot_be_read_is_named():
    rows = [HoursRow(same=True), HoursRow(start=time(9)), HoursRow(end=time(9))]
    rows.append(hours((9,), (5,), says_half=True))
    _, problems = read_hours(rows)
    assert [field for field, _ in problems] == ["from_0", "to_1", "from_2", "to_3"]


def test_no_hours_at_all_asks_for_one_day():
    assert read_hours([HoursRow()] * 7)[1] == [("from_0", "Write the hours of at least one day.")]
