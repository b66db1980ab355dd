"""What counts as work or learning, and what it takes to call it sustained."""

import pytest

from placements.domain.destinations import has_destination, is_sustained, is_work_or_learning
from placements.domain.vocabulary import CheckpointKind, OutcomeKind

Q, K = CheckpointKind, OutcomeKind


@pytest.mark.parametrize(
    ("kind", "counts"),
    [
        (K.JOB, True),
        (K.SELF, True),
        (K.APP, True),
        (K.EDU_PT, True),
        (K.TRAIN, True),
        (K.VOL, False),
        (K.REENGAGE, False),
        (K.START_AGREED, False),
        (K.NEET_SEEK, False),
        (K.REFUSED, False),
    ],
)
def test_is_work_or_learning_follows_the_table(kind, counts):
    assert is_work_or_learning(kind) is counts


@pytest.mark.parametrize(
    ("answers", "expected"),
    [
        ({}, None),
        ({Q.W4: K.UNKNOWN}, None),
        ({Q.W4: K.REFUSED, Q.M3: K.NEET_SEEK}, False),
        ({Q.W4: K.NEET_SEEK, Q.M3: K.JOB}, True),
    ],
)
def test_has_destination_is_none_while_nothing_is_known(answers, expected):
    assert has_destination(answers) is expected


@pytest.mark.parametrize(
    ("kinds", "expected"),
    [
        ((K.JOB, K.EDU_FT, K.JOB), True),
        ((K.JOB, K.VOL, K.JOB), False),
        ((K.JOB, K.JOB), None),
        ((K.JOB, K.UNCONTACTABLE, K.JOB), None),
        ((K.NEET_SEEK,), False),
        ((), None),
    ],
)
def test_is_sustained_needs_all_three_questions(kinds, expected):
    answers = dict(zip((Q.W4, Q.M3, Q.M6), kinds, strict=False))
    assert is_sustained(answers) is expected
