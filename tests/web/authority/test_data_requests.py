"""What people ask about their data, from their page to the answer of staff."""

import json
from datetime import UTC, datetime

import pytest
from sqlalchemy import select

from placements.extensions import db
from placements.models.accounts import Account
from placements.models.assignments import Assignment
from placements.models.candidates import Candidate, ProviderMember
from placements.services import erasures
from placements.services.transactions import act

LATE = datetime(2026, 7, 3, 9, tzinfo=UTC)


@pytest.fixture
def asker(world, visit):
    """A young person signed in on their phone."""
    with world.app.app_context():
        account_id = give_account(world)
    return visit(account_id)


@pytest.fixture
def provider(world, visit):
    with world.app.app_context():
        account_id = join_provider(world)
    return visit(account_id)


@act
def give_account(world):
    candidate = db.session.get_one(Candidate, world.candidate_ids[0])
    account = Account(name=candidate.name, email=candidate.email)
    db.session.add(account)
    db.session.flush()
    candidate.account_id = account.id
    return account.id


@act
def join_provider(world):
    account = Account(name="Bo Invented", email="bo@mail.example")
    db.session.add(account)
    db.session.flush()
    db.session.add(ProviderMember(provider_id=world.provider_id, account_id=account.id))
    return account.id


def name_of(world, n=0):
    with world.app.app_context():
        return db.session.get_one(Candidate, world.candidate_ids[n]).name


def holder_of_an_offer(world):
    with world.app.app_context():
        offer = db.session.scalar(select(Assignment).where(Assignment.state == "offered").limit(1))
        return world.candidate_ids.index(offer.candidate_id)


def test_a_young_person_asks_for_everything_and_staff_give_it(world, asker, operator):
    asker.get("/me/data")
    asker.send("Ask for everything")
    assert "We answer by Thursday 2 July 2026." in asker.text
    operator.get("/authority/requests")
    assert "30 days left" in operator.text and "They themselves" in operator.text
    assert name_of(world) not in operator.text
    operator.get("/authority/requests/1")
    operator.send("They have it")
    assert "Download their data and give it to them first." in operator.text
    reply = operator.client.get("/authority/requests/1/data")
    assert "attachment" in reply.headers["Content-Disposition"]
    assert json.loads(reply.data)["kept"]["candidate"][0]["name"] == name_of(world)
    operator.get("/authority/requests/1")
    operator.send("They have it")
    assert "Done, Tuesday 2 June 2026" in operator.text
    assert "It is done" in asker.get("/me/data").text


def test_a_young_person_asks_to_be_erased_and_can_take_it_back(asker, operator):
    asker.get("/me/data/erase")
    asker.send("Ask to be erased", words="I moved away")
    assert "You asked to be erased" in asker.text
    assert "I moved away" in operator.get("/authority/requests/1").text
    asker.get("/me/data")
    asker.send("Take it back")
    assert "You took it back" in asker.text
    assert "Nobody waits for an answer." in operator.get("/authority/requests").text


def test_staff_erase_who_asked_from_the_page(world, provider, operator):
    provider.get(f"/provider/people/{world.application_ids[0]}/data")
    provider.send("Send to the authority", kind="erasure")
    assert "The authority answers by Thursday 2 July 2026." in provider.text
    operator.get("/authority/requests/1")
    operator.send("Erase for good")
    assert "Erased for good." in operator.text and name_of(world) is None
    assert operator.get("/authority/requests/1").status == 200
    for page in ("/provider", "/provider/people", f"/provider/people/{world.application_ids[0]}"):
        assert provider.get(page).status == 200, page


def test_who_holds_an_offer_is_erased_only_when_it_ends_first(world, operator, bring):
    bring("settling")
    operator.sign_in(world.operator_id)
    operator.get("/authority/requests")
    n = holder_of_an_offer(world)
    operator.send("Write it down", reference=world.references[n], kind="erasure")
    assert "Staff, for them" in operator.text
    operator.get("/authority/requests/1")
    operator.send("Erase for good")
    assert "They hold an offer or a placement. Nothing was erased." in operator.text
    operator.send("Erase for good", stop="yes")
    assert "Erased for good." in operator.text and name_of(world, n) is None


def test_a_hold_is_written_down_with_its_reason_and_ended(world, operator):
    operator.get("/authority/requests")
    operator.send("Write it down", reference=world.references[0], kind="hold")
    assert "Write what needs the data" in operator.text
    operator.send("Write it down", reference=world.references[0], kind="hold", words="A claim")
    assert "Until it is ended" in operator.text
    operator.get("/authority/requests/1")
    operator.send("End the hold")
    assert "Closed." in operator.text


def test_a_refusal_is_read_by_the_person(asker, operator):
    asker.get("/me/data/erase")
    asker.send("Ask to be erased")
    operator.get("/authority/requests/1/refuse")
    operator.send("Say no", reason="A court asked us to keep it (invented).")
    assert "A court asked us to keep it (invented)." in asker.get("/me/data").text


def test_a_late_request_is_first_on_the_page_of_today(world, asker, operator):
    asker.get("/me/data")
    asker.send("Ask for everything")
    assert "Requests about data, due soon or late" not in operator.get("/authority").text
    world.clock_at(LATE)
    operator.sign_in(world.operator_id)
    assert "This was due on Thursday 2 July 2026." in operator.get("/authority").text
    assert "Late" in operator.get("/authority/requests").text


def test_an_approver_reads_and_changes_nothing(world, approver, asker):
    asker.get("/me/data")
    asker.send("Ask for everything")
    assert "An operator answers this." in approver.get("/authority/requests/1").text
    assert "Write it down" not in approver.get("/authority/requests").text
    assert approver.get("/authority/requests/1/data").status == 404


def test_I36_a_request_elsewhere_reads_as_unknown(world, visit, asker):
    asker.get("/me/data")
    asker.send("Ask for everything")
    stranger = visit(world.stranger_id)
    for page in ("", "/data", "/refuse"):
        assert stranger.get(f"/authority/requests/1{page}").status == 404


def test_the_same_press_twice_is_one_request(asker, operator):
    asker.get("/me/data")
    form, _ = asker._form_with("Ask for everything")
    for _ in range(2):
        asker.client.post(form.action, data=form.fields)
    assert "Requests about data: 1 open" in operator.get("/authority/requests").text


def test_nobody_is_erased_by_looking(world, operator, asker):
    asker.get("/me/data/erase")
    asker.send("Ask to be erased")
    for _ in range(3):
        operator.get("/authority/requests/1")
        assert operator.client.get("/authority/requests/1/erase").status_code == 405
    with world.app.app_context():
        assert erasures.list_erased() == []
