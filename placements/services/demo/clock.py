"""The demo's clock: a file that shifts the service's present, so that the schedule runs ahead."""

import os
from datetime import UTC, datetime, timedelta
from pathlib import Path

from sqlalchemy import select

from placements import clock
from placements.domain.errors import GuardRefused, NotFound
from placements.domain.working_days import add_working_days
from placements.extensions import db
from placements.models.operations import Occurrence

ALLOWED_IN = ("demo", "test")


def refuse_outside_demo() -> None:
    """Raise `NotFound` where real people's records may be: there is no such page there."""
    if os.environ.get("PLACEMENTS_ENV", "production") not in ALLOWED_IN:
        raise NotFound("There is no such page.")


def read_clock() -> datetime:
    """Return the instant at which the demo is."""
    refuse_outside_demo()
    return clock.now()


def move_clock(days: int = 0, working_days: int = 0) -> datetime:
    """Move the clock on by days, then by working days, to the same time of day; never back."""
    refuse_outside_demo()
    if days < 0 or working_days < 0:
        raise GuardRefused("The clock only goes forward.")
    here = clock.now().astimezone(clock.LONDON)
    day = here.date() + timedelta(days=days)
    if working_days:
        day = add_working_days(day, working_days)
    return _set(datetime.combine(day, here.time(), clock.LONDON).astimezone(UTC))


def move_to_next_step() -> datetime:
    """Move the clock to the next dated step of a round; the daily steps are passed on the way."""
    refuse_outside_demo()
    ahead = (Occurrence.state == "due", Occurrence.due_at > clock.now(), Occurrence.subject_id > 0)
    due_at = db.session.scalar(select(Occurrence.due_at).where(*ahead).order_by(Occurrence.due_at))
    if due_at is None:
        raise GuardRefused("No round has a step ahead. Plan a round first.")
    return _set(due_at + timedelta(seconds=1))


def _set(instant: datetime) -> datetime:
    """Write the clock file whole: a worker may read it at any moment."""
    name = os.environ.get("CLOCK_FILE")
    if not name:
        raise GuardRefused("This service has no clock to move. Set CLOCK_FILE.")
    path = Path(name)
    path.parent.mkdir(parents=True, exist_ok=True)
    seconds = (instant - datetime.now(UTC)).total_seconds()
    text = instant.isoformat() if _is_still(path) else f"+{max(0.0, seconds):.3f}"
    whole = path.with_name(f"{path.name}.new")
    whole.write_text(text)
    whole.replace(path)
    return instant


def _is_still(path: Path) -> bool:
    return path.exists() and not path.read_text().startswith("+")
