"""Days, times and hours as people say them; addresses in the one form that is kept."""

from datetime import date

import pytest

from placements.domain.addresses import normal_email, normal_mobile
from placements.domain.plain_words import day_words, list_words, shift_words, time_words


@pytest.mark.parametrize(
    ("minutes", "words"),
    [(0, "12am"), (540, "9am"), (720, "12pm"), (990, "4:30pm"), (1439, "11:59pm"), (1800, "6am")],
)
def test_time_words_are_of_the_twelve_hour_clock(minutes, words):
    assert time_words(minutes) == words


@pytest.mark.parametrize(
    ("shifts", "words"),
    [
        ([[day, 540, 960] for day in range(5)], ["Monday to Friday, 9am to 4pm"]),
        ([[0, 540, 960], [1, 540, 960]], ["Monday and Tuesday, 9am to 4pm"]),
        ([[4, 1320, 1800]], ["Friday, 10pm to 6am"]),
        ([[0, 780, 900], [0, 540, 720]], ["Monday, 9am to 12pm and 1pm to 3pm"]),
        ([[0, 540, 960], [2, 540, 960]], ["Monday, 9am to 4pm", "Wednesday, 9am to 4pm"]),
        ([], []),
    ],
)
def test_shift_words_put_days_with_the_same_hours_together(shifts, words):
    assert shift_words(shifts) == words


def test_day_and_list_words():
    assert day_words(date(2026, 6, 4)) == "Thursday 4 June 2026"
    assert [list_words(parts) for parts in ([], ["a"], ["a", "b"], ["a", "b", "c"])] == [
        "",
        "a",
        "a and b",
        "a, b and c",
    ]


@pytest.mark.parametrize(
    ("sent", "kept"),
    [
        (" Kim@Mail.Example ", "kim@mail.example"),
        ("kim@mail.example\r\nBcc: x@mail.example", None),
        ("two@at@mail.example", None),
        ("kim", None),
        ("", None),
        (None, None),
        (f"{'k' * 250}@mail.example", None),
    ],
)
def test_normal_email_keeps_only_one_address(sent, kept):
    assert normal_email(sent) == kept


@pytest.mark.parametrize(
    ("sent", "kept"),
    [
        ("07700 900 123", "+447700900123"),
        ("+44 7700-900123", "+447700900123"),
        ("0044 7700 900123", "+447700900123"),
        ("12", None),
        ("kim@mail.example", None),
        (None, None),
    ],
)
def test_normal_mobile_reads_any_spacing(sent, kept):
    assert normal_mobile(sent) == kept
