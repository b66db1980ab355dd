"""Each night the records are checked, staff are told, and the audit's head is kept outside."""

from datetime import UTC, datetime, timedelta

import pytest
from factories.by_hand import unguarded
from factories.records import make_account, make_employer, make_region
from sqlalchemy import select, text

from placements import scheduler
from placements.domain.permissions import Actor
from placements.domain.vocabulary import Role
from placements.extensions import db
from placements.models.audit import AuditHead
from placements.models.operations import Occurrence
from placements.services import anchors, exceptions, nights
from placements.services.invariants.messages_and_time import NIGHTLY
from placements.services.transactions import act

EVENING, DAY = datetime(2026, 6, 1, 20, tzinfo=UTC), timedelta(days=1)
FIRST_NIGHT = datetime(2026, 6, 2, 1, 30, tzinfo=UTC)


@act
def make_staff():
    region = make_region()
    make_employer(region)
    return Actor(Role.OPERATOR, make_account().id, region_id=region.id)


@pytest.fixture
def night_at(app, tmp_path, clock_file):
    """Run what is due at an instant, with a folder for the audit's head."""
    settings = app.config["SETTINGS"]
    object.__setattr__(settings, "anchor_folder", tmp_path / "anchors")

    def run(at):
        (tmp_path / "clock").write_text(at.isoformat())
        return scheduler.run_due("worker-1")

    with app.app_context():
        run(EVENING)
        nights.begin_nights()
        yield run
    object.__setattr__(settings, "anchor_folder", None)


@act
def edit(statement):
    with unguarded(db.session.connection()):
        db.session.execute(text(statement))


def found(staff):
    concerns = exceptions.list_exceptions(staff)
    return [concern.words for concern in concerns if concern.kind == "broken_rule"]


def steps():
    rows = select(Occurrence.due_at, Occurrence.state).where(Occurrence.schedule == NIGHTLY)
    return [tuple(row) for row in db.session.execute(rows.order_by(Occurrence.due_at))]


def test_check_night_of_clean_records_keeps_the_head_and_asks_for_the_next(night_at, tmp_path):
    staff = make_staff()
    assert nights.begin_nights() == 0
    night_at(FIRST_NIGHT)
    head = db.session.execute(select(AuditHead.seq, AuditHead.hash)).one()
    assert list(anchors.read_anchors(tmp_path / "anchors")) == [tuple(head)]
    assert steps() == [(FIRST_NIGHT, "done"), (FIRST_NIGHT + DAY, "due")]
    assert found(staff) == []


def test_check_night_that_finds_an_edit_tells_staff_until_it_is_mended(night_at, edited_by_hand):
    staff = make_staff()
    edit("UPDATE employer SET state = 'suspended'")
    night_at(FIRST_NIGHT)
    assert found(staff) == ["Call whoever runs the service. Rules broken: I-15 in 1."]
    edit("UPDATE employer SET state = 'verified'")
    night_at(FIRST_NIGHT + DAY)
    assert found(staff) == []


def test_check_night_when_the_head_cannot_be_read_says_that_too(night_at, tmp_path):
    staff = make_staff()
    (tmp_path / "anchors").mkdir()
    (tmp_path / "anchors" / anchors.FILE).write_text("not a head\n")
    night_at(FIRST_NIGHT)
    assert found(staff) == ["Call whoever runs the service. Not checked: I-28."]


def test_I33_nights_slept_through_are_passed_over_and_none_vanishes(night_at):
    make_staff()
    night_at(FIRST_NIGHT + 3 * DAY)
    waited = [state for _, state in steps()]
    assert waited == ["skipped", "skipped", "skipped", "done", "due"]


def test_keep_head_after_a_crash_in_the_middle_of_a_line_keeps_whole_lines(night_at, tmp_path):
    make_staff()
    folder = tmp_path / "kept"
    folder.mkdir()
    (folder / anchors.FILE).write_text('{"at": "2026')
    assert anchors.keep_head(folder, EVENING)
    assert [seq for seq, _ in anchors.read_anchors(folder)] == [2]


def test_next_night_in_london_is_once_when_the_clocks_change(night_at):
    spring, autumn = datetime(2026, 3, 28).date(), datetime(2026, 10, 24).date()
    ends = [nights._night_after(day) for day in (spring, autumn)]
    assert ends == [
        datetime(2026, 3, 29, 1, 30, tzinfo=UTC),
        datetime(2026, 10, 25, 2, 30, tzinfo=UTC),
    ]
