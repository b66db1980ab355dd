"""What people ask about their own data: counted once, answered by staff, closed once."""

import json
from datetime import UTC, date, datetime

import pytest
from factories.letters import make_world, settings_with
from sqlalchemy import select, text

from placements.domain.data_requests import due_day
from placements.domain.errors import GuardRefused, Invalid, NotFound
from placements.domain.permissions import Actor
from placements.domain.vocabulary import Role
from placements.extensions import db
from placements.models.audit import Event
from placements.models.candidates import Candidate
from placements.models.rights import RightsRequest
from placements.services import data_requests, subject_access

ASKED = datetime(2026, 6, 2, 9, tzinfo=UTC)


@pytest.fixture
def world(app, tmp_path, clock_file):
    with app.app_context():
        made = make_world(n_people=2)
        made.clock_at = lambda at: (tmp_path / "clock").write_text(at.isoformat())
        made.clock_at(ASKED)
        made.me, made.other = made.people
        made.settings = settings_with(tmp_path / "mail")
        yield made


@pytest.mark.parametrize(
    ("asked", "due"),
    [
        (date(2026, 6, 2), date(2026, 7, 2)),
        (date(2026, 1, 30), date(2026, 3, 2)),  # February ends on a Saturday: the Monday after
        (date(2026, 8, 31), date(2026, 9, 30)),
        (date(2026, 11, 25), date(2026, 12, 29)),  # not on Christmas, Boxing or a substitute day
        (date(2028, 1, 31), date(2028, 2, 29)),
    ],
)
def test_a_request_is_due_in_one_calendar_month(asked, due):
    assert due_day(asked) == due


def test_the_person_their_provider_and_an_operator_may_ask(world):
    for actor, kind in ((world.me, "access"), (world.provider, "erasure")):
        data_requests.ask(actor, world.me.candidate_id, kind)
    data_requests.ask(world.operator, world.other.candidate_id, "access")
    found = data_requests.list_requests(world.operator)
    assert [(one.kind, one.asked_by_role, one.due_on) for one in found] == [
        ("access", "young_person", date(2026, 7, 2)),
        ("erasure", "provider", date(2026, 7, 2)),
        ("access", "operator", date(2026, 7, 2)),
    ]
    assert [one.kind for one in data_requests.list_own(world.me)] == ["access", "erasure"]


def test_nobody_asks_for_somebody_who_is_not_theirs(world):
    strangers = [
        (world.other, world.me),
        (world.employer, world.me),
        (world.approver, world.me),
        (Actor(Role.PROVIDER, 1, organisation_id=987), world.me),
        (Actor(Role.OPERATOR, 1, region_id=987), world.me),
    ]
    for actor, person in strangers:
        with pytest.raises(NotFound):
            data_requests.ask(actor, person.candidate_id, "access")
    assert data_requests.list_requests(world.operator) == []


def test_the_same_thing_asked_twice_is_one_request_and_says_when(world):
    data_requests.ask(world.me, world.me.candidate_id, "access")
    with pytest.raises(GuardRefused, match="You hear by Thursday 2 July 2026"):
        data_requests.ask(world.provider, world.me.candidate_id, "access")
    assert len(data_requests.list_requests(world.operator)) == 1


def test_the_day_it_is_due_is_never_counted_again(world):
    data_requests.ask(world.me, world.me.candidate_id, "access")
    with pytest.raises(Exception, match="counted once"), db.engine.begin() as connection:
        connection.execute(text("UPDATE rights_request SET due_on = '2027-01-01'"))
    world.clock_at(datetime(2026, 7, 3, 9, tzinfo=UTC))
    assert data_requests.list_requests(world.operator)[0].due_on == date(2026, 7, 2)
    assert data_requests.count_late(world.region_id) == 1


def test_given_data_closes_the_request_and_is_on_record(world):
    asked = data_requests.ask(world.me, world.me.candidate_id, "access")
    with pytest.raises(GuardRefused, match="give it to them first"):
        data_requests.finish_access(world.operator, asked)
    answer = data_requests.write_answer(world.operator, asked)
    data_requests.finish_access(world.operator, asked)
    assert answer["kept"]["candidate"][0]["name"] == name_of(world.me)
    assert name_of(world.me) in json.dumps(answer)
    closed = data_requests.list_requests(world.operator, closed=True)[0]
    assert (closed.result, data_requests.list_requests(world.operator)) == ("done", [])
    actions = select(Event.action).where(Event.kind == "candidate").order_by(Event.seq)
    assert db.session.scalars(actions).all() == ["ask_access", "give_data", "close_access"]
    with pytest.raises(GuardRefused, match="closed already"):
        data_requests.write_answer(world.operator, asked)


def test_an_erasure_closes_its_request_in_the_same_transaction(world):
    asked = data_requests.ask(world.me, world.me.candidate_id, "erasure", "Please")
    done = data_requests.erase(world.operator, asked, world.settings, stop_first=False)
    assert done.n_rows and name_of(world.me) is None
    row = db.session.get_one(RightsRequest, asked)
    assert (row.result, row.closed_by, row.words) == ("done", world.operator.account_id, None)
    with pytest.raises(GuardRefused, match="were erased"):
        data_requests.ask(world.operator, world.me.candidate_id, "access")


def test_who_asked_to_see_is_answered_before_they_are_erased(world):
    data_requests.ask(world.me, world.me.candidate_id, "access")
    asked = data_requests.ask(world.me, world.me.candidate_id, "erasure")
    with pytest.raises(GuardRefused, match="Answer that first"):
        data_requests.erase(world.operator, asked, world.settings, stop_first=False)
    assert name_of(world.me) is not None


def test_a_hold_keeps_everything_until_it_ends(world):
    with pytest.raises(Invalid, match="what needs the data"):
        data_requests.ask(world.operator, world.me.candidate_id, "hold")
    for actor in (world.me, world.provider):
        with pytest.raises(Invalid):
            data_requests.ask(actor, world.me.candidate_id, "hold", "No")
    hold = data_requests.ask(world.operator, world.me.candidate_id, "hold", "A claim (invented)")
    asked = data_requests.ask(world.me, world.me.candidate_id, "erasure")
    with pytest.raises(GuardRefused, match="on hold"):
        data_requests.erase(world.operator, asked, world.settings, stop_first=True)
    data_requests.end_hold(world.operator, hold)
    data_requests.erase(world.operator, asked, world.settings, stop_first=True)
    assert name_of(world.me) is None


def test_a_refusal_needs_a_reason_that_the_person_reads(world):
    asked = data_requests.ask(world.me, world.me.candidate_id, "erasure")
    with pytest.raises(Invalid):
        data_requests.refuse(world.operator, asked, " ")
    data_requests.refuse(world.operator, asked, "A court asked us to keep it (invented).")
    mine = data_requests.list_own(world.me)[0]
    assert (mine.result, mine.words) == ("refused", "A court asked us to keep it (invented).")


def test_only_the_person_takes_it_back(world):
    asked = data_requests.ask(world.me, world.me.candidate_id, "erasure")
    for actor in (world.other, world.provider, world.operator):
        with pytest.raises(NotFound):
            data_requests.take_back(actor, asked)
    data_requests.take_back(world.me, asked)
    assert data_requests.list_own(world.me)[0].result == "taken_back"


def test_only_an_operator_of_the_region_answers(world):
    asked = data_requests.ask(world.me, world.me.candidate_id, "access")
    far = Actor(Role.OPERATOR, world.operator.account_id, region_id=987)
    for actor in (world.approver, far, world.provider, world.employer, world.me):
        with pytest.raises(NotFound):
            data_requests.write_answer(actor, asked)
    with pytest.raises(NotFound):
        subject_access.answer_access(far, world.me.candidate_id)
    assert data_requests.list_requests(world.operator)[0].closed_at is None


def name_of(person):
    db.session.expire_all()
    return db.session.get_one(Candidate, person.candidate_id).name
