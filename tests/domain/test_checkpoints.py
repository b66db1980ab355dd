"""The day of each question, and which answer stands."""

from datetime import date

import pytest

from placements.domain.checkpoints import (
    add_months,
    is_better_evidence,
    questions_at_end,
    questions_at_start,
)
from placements.domain.vocabulary import Source


@pytest.mark.parametrize(
    ("day", "n_months", "expected"),
    [
        (date(2026, 1, 15), 3, date(2026, 4, 15)),
        (date(2026, 8, 31), 6, date(2027, 2, 28)),
        (date(2027, 8, 31), 6, date(2028, 2, 29)),
        (date(2026, 12, 1), 12, date(2027, 12, 1)),
    ],
)
def test_add_months_to_a_day_stays_in_the_month(day, n_months, expected):
    assert add_months(day, n_months) == expected


def test_questions_at_start_of_four_weeks_fall_on_first_middle_and_last_day():
    questions = questions_at_start(date(2026, 6, 1), date(2026, 6, 29))
    assert [(q.kind, q.due_on) for q in questions] == [
        ("START", date(2026, 6, 1)),
        ("MID", date(2026, 6, 15)),
        ("END", date(2026, 6, 29)),
    ]


def test_questions_at_end_have_windows_of_a_week_before_and_four_after():
    questions = questions_at_end(date(2026, 8, 31))
    assert [(q.kind, q.due_on) for q in questions] == [
        ("W4", date(2026, 9, 28)),
        ("M3", date(2026, 11, 30)),
        ("M6", date(2027, 2, 28)),
        ("M12", date(2027, 8, 31)),
    ]
    assert questions[0].window_opens_on == date(2026, 9, 21)
    assert questions[0].window_closes_on == date(2026, 10, 26)


def test_is_better_evidence_follows_the_ladder():
    ladder = [Source.SELF, Source.PROVIDER, Source.EMPLOYER, Source.DOCUMENT, Source.MATCHED]
    for low, old in enumerate(ladder):
        for high, new in enumerate(ladder):
            assert is_better_evidence(new, old) == (high > low)
