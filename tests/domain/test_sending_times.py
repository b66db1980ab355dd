"""When a message may leave, and on which day a reminder falls."""

from datetime import UTC, date, datetime, timedelta

import pytest

from placements.domain.sending_times import after_quiet, at_hour, half_time_day, is_quiet
from placements.domain.working_days import deadline_at

SECOND = timedelta(seconds=1)


@pytest.mark.parametrize(
    ("at", "leaves_at"),
    [
        (datetime(2026, 6, 2, 19, 0, tzinfo=UTC), datetime(2026, 6, 3, 7, 0, tzinfo=UTC)),
        (datetime(2026, 6, 2, 23, 30, tzinfo=UTC), datetime(2026, 6, 3, 7, 0, tzinfo=UTC)),
        (datetime(2026, 1, 2, 20, 0, tzinfo=UTC), datetime(2026, 1, 3, 8, 0, tzinfo=UTC)),
        (datetime(2026, 10, 24, 22, 0, tzinfo=UTC), datetime(2026, 10, 25, 8, 0, tzinfo=UTC)),
        (datetime(2026, 3, 28, 22, 0, tzinfo=UTC), datetime(2026, 3, 29, 7, 0, tzinfo=UTC)),
    ],
)
def test_after_quiet_is_8am_in_london_whatever_the_clocks_do(at, leaves_at):
    assert is_quiet(at)
    assert after_quiet(at) == leaves_at
    assert not is_quiet(leaves_at) and is_quiet(leaves_at - SECOND)


def test_after_quiet_leaves_the_day_alone():
    noon = datetime(2026, 6, 2, 11, 0, tzinfo=UTC)
    assert after_quiet(noon) == noon


@pytest.mark.parametrize(
    ("n_days", "half"),
    [(5, date(2026, 6, 18)), (3, date(2026, 6, 17)), (2, date(2026, 6, 17)), (1, None)],
)
def test_half_time_is_a_working_day_before_the_last(n_days, half):
    offered_at = at_hour(date(2026, 6, 16), 10)
    assert half_time_day(offered_at, deadline_at(offered_at, n_days)) == half
