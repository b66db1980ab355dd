"""R13: how far a DBS check is, where the placement asks for one."""

from datetime import date

import pytest
from factories.records import make_account
from factories.steps import SAID_YES
from web.providers.test_placed import first_day

from placements.extensions import db
from placements.models.assignments import Agreement
from placements.models.employers import EmployerMember
from placements.services.transactions import act

WHY = "Alone with people in our care"


@pytest.fixture
def held(app, world, add_person, add_offer, add_placement):
    place = add_placement(needs=["enhanced_dbs"], dbs_reason=WHY)
    held = add_offer(add_person(needs_met=["enhanced_dbs"]), SAID_YES, placement_id=place)
    first_day(app, world, held)
    return held


def days(app):
    with app.app_context():
        kept = db.session.query(Agreement).one()
        return kept.dbs_applied_on, kept.dbs_sent_on, kept.dbs_back_on


@act
def join_employer(employer_id):
    account = make_account()
    db.session.add(EmployerMember(employer_id=employer_id, account_id=account.id))
    return account.id


def test_the_days_of_a_check_are_kept_and_read_by_the_employer(us, held, app, world, visit):
    us.get(f"/provider/placed/{held}/agreement")
    assert WHY in us.text
    us.send("Save these days", applied_on=["1", "6", "2026"], sent_on=["3", "June", "2026"])
    assert us.status == 200
    assert days(app) == (date(2026, 6, 1), date(2026, 6, 3), None)
    form = next(form for form in us.page.forms if form.action.endswith("/dbs"))
    assert form.fields["sent_on"] == ["03", "06", "2026"]
    with app.app_context():
        employer = visit(join_employer(world.employer_id))
    shown = employer.get(f"/employer/people/{held}/agreement").text
    assert "Applied for Monday 1 June 2026" in shown
    assert "Back Not yet" in shown


@pytest.mark.parametrize(
    ("sent", "words"),
    [
        ({"applied_on": ["17", "6", "2026"]}, "Write a day that has been."),
        ({"sent_on": ["3", "6", "2026"]}, "Write the day on which the check was applied for."),
        (
            {"applied_on": ["3", "6", "2026"], "back_on": ["1", "6", "2026"]},
            "Write a day from 3 June 2026 on",
        ),
        ({"applied_on": ["soon", "", ""]}, "Write"),
    ],
)
def test_days_that_cannot_be_are_said_at_their_field(us, held, app, sent, words):
    us.get(f"/provider/placed/{held}/agreement").send("Save these days", sent)
    assert us.status == 422
    assert words in us.text
    assert days(app) == (None, None, None)


def test_no_check_is_asked_about_where_the_placement_asks_for_none(
    us, them, app, world, held, add_person, add_offer
):
    us.get(f"/provider/placed/{held}/agreement")
    token = us.page.forms[-1].fields["csrf_token"]
    other = add_offer(add_person(), SAID_YES)
    first_day(app, world, other)
    assert "DBS" not in us.get(f"/provider/placed/{other}/agreement").text
    sent = {"csrf_token": token, "applied_on": ["1", "6", "2026"]}
    refused = us.client.post(f"/provider/placed/{other}/agreement/dbs", data=sent)
    assert refused.status_code == 422
    token = them.get("/account").page.forms[-1].fields["csrf_token"]
    sent["csrf_token"] = token
    foreign = them.client.post(f"/provider/placed/{held}/agreement/dbs", data=sent)
    assert foreign.status_code == 404
