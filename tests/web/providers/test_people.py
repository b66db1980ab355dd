"""R1, R2, R6 and R7: today, the list and its file, one person, and the rules."""

import csv
import io
from datetime import date

import pytest
from factories.records import AT, make_account, make_candidate
from factories.steps import SAID_YES
from sqlalchemy import select

from placements import clock
from placements.domain.vocabulary import Kind, Role
from placements.extensions import db
from placements.models.candidates import Application
from placements.models.operations import Message
from placements.outbox.words import write_letter
from placements.services import transitions
from placements.services.transactions import act

PEOPLE = "/provider/people"


@pytest.fixture
def four(add_person):
    return {
        name: add_person(person={"name": f"{name} (invented)"})
        for name in ("Dana", "amir", "Cleo", "Bea")
    }


def names(us):
    return [n for n in us.text.split() if n in ("Dana", "amir", "Cleo", "Bea")]


def rows_of(us, action):
    reply = us.client.post(action, data={"csrf_token": us.page.forms[-1].fields["csrf_token"]})
    text = reply.get_data().decode("utf-8-sig")
    return list(csv.DictReader(io.StringIO(text)))


def test_without_people_today_says_how_to_begin(us):
    us.get("/provider")
    assert "Add your people: one by one or a file." in us.text
    us.get(PEOPLE)
    assert "0 people" in us.title


def test_today_counts_what_waits_and_leads_there(us, add_person, add_offer, ask):
    one, two, three = add_person(), add_person(), add_person()
    add_offer(one)
    done = add_offer(two, SAID_YES)
    ask(done)
    us.get(f"{PEOPLE}/{three}/because/withdraw").send("Record", how="text", reason="Moved away")
    us.get("/provider")
    assert "1 offer waits for an answer" in us.text
    assert "1 outcome due" in us.text
    assert "/provider/answers" in us.page.links
    assert "/provider/outcomes" in us.page.links


def test_today_leads_to_who_lost_a_place_until_they_have_another(us, add_person, add_offer):
    lost = add_person(person={"name": "Bea (invented)"})
    add_person(person={"name": "Dana (invented)"})
    assert "lost a place" not in us.get("/provider").text
    add_offer(lost, ("cancel_by_employer", Role.EMPLOYER))
    us.get("/provider")
    assert "1 person lost a place, and has no other: talk with them" in us.text
    us.get(f"{PEOPLE}?show=lost")
    assert names(us) == ["Bea"]
    add_offer(lost)
    assert "lost a place" not in us.get("/provider").text


def test_today_says_how_ready_people_are(us, four):
    us.get("/provider")
    assert "4 of 4 people are ready" in us.text
    assert "One thing missing" in us.text


def test_the_list_is_sorted_by_links(us, four):
    us.get(PEOPLE)
    assert names(us) == ["amir", "Bea", "Cleo", "Dana"]
    assert 'aria-sort="ascending"' in us.html
    us.get(f"{PEOPLE}?sort=name&order=down")
    assert names(us) == ["Dana", "Cleo", "Bea", "amir"]


def test_a_filter_is_in_the_address_and_can_be_removed(us, four):
    us.get(f"{PEOPLE}/{four['Bea']}/because/hold").send("Record", how="phone")
    us.get(f"{PEOPLE}?show=on_hold")
    assert names(us) == ["Bea"]
    assert "1 person: on hold" in us.title
    us.get(f"{PEOPLE}?show=closed")
    assert "Nobody is in this list." in us.text
    us.get(f"{PEOPLE}?show=nonsense&sort=secrets&page=0")
    assert us.status == 200
    assert len(names(us)) == 4


def test_I29_a_name_is_sought_without_an_address(us, four):
    us.get(PEOPLE).send("Find", name="CLE")
    assert us.here == f"{PEOPLE}/search"
    assert names(us) == ["Cleo"]
    us.send("Find", name="zzz")
    assert "Nobody of yours has this name." in us.text


def test_the_file_has_exactly_these_rows_and_runs_no_formula(us, four, add_person):
    add_person(person={"name": "=HYPERLINK(1)"})
    us.get(f"{PEOPLE}?sort=name&order=down")
    action = us.page.forms[-1].action
    rows = rows_of(us, action)
    assert [row["name"].split()[0] for row in rows] == [
        "Dana",
        "Cleo",
        "Bea",
        "amir",
        "'=HYPERLINK(1)",
    ]
    us.get(PEOPLE).send("Find", name="dan")
    reply = us.send("Download these rows").reply
    assert reply.headers["Content-Type"].startswith("text/csv")
    assert [line.split(",")[1] for line in reply.get_data(as_text=True).splitlines()[1:]] == [
        "Dana (invented)"
    ]


def test_more_than_a_page_has_a_next_page(us, add_person):
    for _ in range(51):
        add_person()
    us.get(PEOPLE)
    assert "51 people" in us.title
    assert "Page 1 of 2" in us.text
    us.get(f"{PEOPLE}?page=2")
    assert "Page 2 of 2" in us.text


def test_a_person_shows_facts_and_what_happened(us, four):
    us.get(f"{PEOPLE}/{four['Dana']}")
    for words in ("Dana (invented)", "Ready", "by you", "Messages to them", "1 January 2006"):
        assert words in us.text


def test_the_rules_are_listed_with_the_fact(us, four):
    us.get(f"{PEOPLE}/{four['Dana']}/eligibility")
    assert "Right to work was checked." in us.text
    assert "B1 1BA is in Birmingham." in us.text
    assert "They are now: ready." in us.text


@pytest.fixture
def sent(app, world, add_person):
    """Somebody who is sent and waits for a decision, with right to work not checked."""

    @act
    def begin():

        candidate = make_candidate(date_of_birth=date(2006, 1, 1), right_to_work_checked=None)
        one = Application(reference="A-sent", salt="0" * 32, candidate_id=candidate.id)
        one.provider_id, one.region_id = world.provider_id, world.region_id
        one.start_from, one.consented_at, one.availability = date(2026, 7, 1), AT, [[0, 540, 900]]
        transitions.begin(one, Kind.APPLICATION, "begin", world.actor, AT)
        transitions.move(one, Kind.APPLICATION, "submit", world.actor, AT)
        db.session.flush()
        return one.id

    with app.app_context():
        return begin()


def test_ready_is_refused_with_what_is_missing(us, sent, read):
    us.get(f"{PEOPLE}/{sent}/eligibility").send("Ready")
    assert us.status == 422
    assert "Right to work is not checked yet." in us.text
    assert read(Application, sent, "state") == "submitted"


def test_asking_and_refusing_need_a_reason(us, sent, read):
    us.get(f"{PEOPLE}/{sent}/because/refuse").send("Refuse", reason=" ")
    assert us.status == 422
    us.get(f"{PEOPLE}/{sent}/because/ask").send("Ask", reason="Please show your passport.")
    assert read(Application, sent, "state") == "info_requested"
    assert "Please show your passport." in us.text
    us.get("/provider")
    assert "1 person asked for information" in us.text


def test_refused_says_why_and_is_over(us, sent, read):
    us.get(f"{PEOPLE}/{sent}/because/refuse").send("Refuse", reason="No right to work.")
    assert read(Application, sent, "state") == "ineligible"
    assert "No right to work." in us.text
    us.get(f"{PEOPLE}/{sent}/because/refuse").send("Refuse", reason="Again")
    assert us.status == 422


def test_a_break_is_refused_while_an_offer_runs(us, four, add_offer, read):
    add_offer(four["Dana"])
    us.get(f"{PEOPLE}/{four['Dana']}/because/hold").send("Record", how="phone")
    assert us.status == 422
    assert "There is an offer or a placement running." in us.text
    assert read(Application, four["Dana"], "state") == "ready"


@pytest.mark.parametrize(("way", "state"), [("hold", "on_hold"), ("withdraw", "withdrawn")])
def test_what_is_done_for_somebody_says_how_they_told_and_tells_them(
    us, app, four, read, way, state
):
    person = four["Dana"]
    with app.app_context():
        account_id = act(give_account)(person)
    us.get(f"{PEOPLE}/{person}/because/{way}").send("Record", reason="Moved away")
    assert us.status == 422 and "Choose how they told you." in us.text
    assert read(Application, person, "state") == "ready"
    us.send("Record", how="visit", reason="Moved away")
    assert read(Application, person, "state") == state
    assert "Told you in person, by" in us.text
    with app.app_context():
        mine = select(Message).where(Message.account_id == account_id)
        told = db.session.scalars(mine.where(Message.template == "entry_changed_for")).all()
        letter = write_letter(told[0], "https://p.example", clock.now())
    assert len(told) == 1
    assert {"hold": "are taking a break", "withdraw": "stopped taking part"}[way] in letter.body


def give_account(application_id):
    account = make_account()
    db.session.get_one(Application, application_id).candidate.account_id = account.id
    db.session.flush()
    return account.id


def test_an_unknown_way_is_not_there(us, four):
    assert us.get(f"{PEOPLE}/{four['Dana']}/because/erase").status == 404


@pytest.mark.parametrize("page", ["", "/eligibility", "/because/withdraw", "/choices"])
def test_I36_somebody_elses_person_is_not_there(them, four, page):
    assert them.get(f"{PEOPLE}/{four['Dana']}{page}").status == 404


def test_I36_the_list_holds_own_people_only(them, four):
    them.get(PEOPLE)
    assert names(them) == []
    them.send("Find", name="Dana")
    assert names(them) == []
