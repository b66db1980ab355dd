"""What counts as work or learning."""

import pytest

from placements.domain.destinations import has_destination, is_work_or_learning
from placements.domain.vocabulary import OutcomeKind

K = OutcomeKind


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
        ((), None),
        ((K.UNKNOWN,), None),
        ((K.REFUSED, K.NEET_SEEK), False),
        ((K.NEET_SEEK, K.JOB), True),
    ],
)
def test_has_destination_is_none_while_nothing_is_known(answers, expected):
    assert has_destination(answers) is expected
