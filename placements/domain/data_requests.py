"""What people may ask about their own data, and the day by which they are answered."""

from datetime import date, timedelta

from placements.domain.checkpoints import add_months
from placements.domain.working_days import is_working_day

KINDS = {
    "access": "See everything kept about them",
    "erasure": "Erase everything kept about them",
    "hold": "Keep their data as it is",
}
OPEN_TO_ASK = ("access", "erasure")
RESULTS = {"done": "Done", "refused": "Refused", "taken_back": "Taken back"}
SOON_DAYS = 7


def due_day(asked_on: date) -> date:
    """Return the last day to answer: one calendar month, or the working day after it.

    The same day of the next month, or its last day where it is shorter (UK GDPR 12(3)).
    """
    day = add_months(asked_on, 1)
    while not is_working_day(day):
        day += timedelta(days=1)
    return day


def count_days_left(due_on: date, today: date) -> int:
    """Return how many days are left; below nothing when it is late."""
    return (due_on - today).days
