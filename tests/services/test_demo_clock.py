"""The demo's clock goes forward only, and the schedule with it; its outbox reads what was sent."""

from datetime import UTC, datetime, timedelta

import pytest
from factories.records import make_account, make_region

from placements import clock
from placements.domain.errors import GuardRefused, NotFound
from placements.domain.permissions import Actor
from placements.domain.vocabulary import Role
from placements.services import rounds
from placements.services.demo import clock as demo_clock
from placements.services.demo.outbox import list_sent
from placements.services.transactions import act

FRIDAY = datetime(2026, 12, 18, 15, tzinfo=UTC)
LETTER = """From: Placements <no-reply@place.example>
To: {to}
Subject: {subject}
Date: {date}
X-Message-Key: k
X-Channel: {channel}
Content-Type: text/plain; charset="utf-8"
Content-Transfer-Encoding: 8bit

You have an offer. Answer by Friday.
http://127.0.0.1:8000/l/abc.
"""


@pytest.fixture
def clock_file(tmp_path, monkeypatch):
    path = tmp_path / "instance" / "clock"
    monkeypatch.setenv("CLOCK_FILE", str(path))
    return path


def stand_still(path, at):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(at.isoformat())


def test_move_clock_by_days_shifts_the_present_and_lets_it_run(clock_file):
    before = clock.now()
    demo_clock.move_clock(days=1)
    assert clock_file.read_text().startswith("+")
    assert timedelta(hours=22) < demo_clock.read_clock() - before < timedelta(hours=26)


def test_move_clock_by_working_days_passes_weekends_and_bank_holidays(clock_file):
    stand_still(clock_file, FRIDAY)
    assert demo_clock.move_clock(working_days=5) == datetime(2026, 12, 29, 15, tzinfo=UTC)


def test_move_clock_over_the_spring_change_keeps_the_time_of_day(clock_file):
    stand_still(clock_file, datetime(2026, 3, 28, 9, tzinfo=UTC))
    assert demo_clock.move_clock(days=1) == datetime(2026, 3, 29, 8, tzinfo=UTC)


def test_move_clock_back_is_refused(clock_file):
    stand_still(clock_file, FRIDAY)
    with pytest.raises(GuardRefused):
        demo_clock.move_clock(days=-1)
    assert clock.now() == FRIDAY


def test_move_clock_without_a_file_says_which_setting(monkeypatch):
    monkeypatch.delenv("CLOCK_FILE", raising=False)
    with pytest.raises(GuardRefused, match="CLOCK_FILE"):
        demo_clock.move_clock(days=1)


@pytest.mark.parametrize("do", [demo_clock.read_clock, demo_clock.move_clock])
def test_demo_clock_is_not_there_in_production(clock_file, monkeypatch, do):
    monkeypatch.setenv("PLACEMENTS_ENV", "production")
    with pytest.raises(NotFound):
        do()


def test_move_to_next_step_stands_just_after_the_next_step_of_a_round(app, clock_file):
    stand_still(clock_file, FRIDAY)
    add = act(lambda: Actor(Role.OPERATOR, make_account().id, region_id=make_region().id))
    dates = tuple(datetime(2027, 1, day, 10, tzinfo=UTC) for day in (5, 12, 19))
    with app.app_context():
        with pytest.raises(GuardRefused):
            demo_clock.move_to_next_step()
        rounds.create_round(add(), "Winter", dates, seed=7)
        assert demo_clock.move_to_next_step() == dates[0] + timedelta(seconds=1)
        assert demo_clock.move_to_next_step() == dates[1] + timedelta(seconds=1)


def test_list_sent_reads_the_newest_first_with_their_links(tmp_path):
    for n, channel in enumerate(("email", "text", "email")):
        facts = {"to": f"young{n}@mail.example", "subject": f"Offer {n}", "channel": channel}
        facts["date"] = f"Tue, 24 Nov 2026 10:0{n}:00 +0000"
        (tmp_path / f"{n}.eml").write_text(LETTER.format(**facts))
    (tmp_path / "half.part").write_text("not whole yet")
    sent = list_sent(tmp_path, limit=2)
    assert [mail.subject for mail in sent] == ["Offer 2", "Offer 1"]
    assert (sent[1].channel, sent[1].to) == ("text", "young1@mail.example")
    assert sent[0].links == ("http://127.0.0.1:8000/l/abc",)
    assert sent[0].sent_at == datetime(2026, 11, 24, 10, 2, tzinfo=UTC)
    assert sent[0].body.startswith("You have an offer.")


def test_list_sent_without_a_folder_is_empty(tmp_path):
    assert list_sent(tmp_path / "none") == []
