"""One's own account, members of an organisation, and an employer that joins by itself."""

import re

import pytest
from factories.records import (
    make_account,
    make_candidate,
    make_employer,
    make_provider,
    make_region,
)
from sqlalchemy import select

from placements import clock
from placements.domain.errors import NotFound
from placements.domain.permissions import Actor
from placements.domain.vocabulary import Role
from placements.extensions import db
from placements.models.accounts import Account
from placements.models.candidates import Candidate, ProviderMember
from placements.models.employers import Employer, EmployerMember
from placements.models.operations import Message
from placements.outbox.catalogue import TEMPLATES
from placements.outbox.words import write_letter
from placements.outbox.write import choose_ways
from placements.services import accounts, members, my_account
from placements.services.recipients import list_person
from placements.services.transactions import act


@act
def make_members():
    region = make_region(code="west_midlands")
    employer, provider = make_employer(region, name="Invented Lockside"), make_provider(region)
    people = [
        make_account(email=f"person{n}@invented.example", name=f"Invented Member {n}")
        for n in range(3)
    ]
    first, trainer, other = people
    db.session.add(EmployerMember(employer_id=employer.id, account_id=first.id))
    db.session.add(ProviderMember(provider_id=provider.id, account_id=trainer.id))
    make_candidate(account_id=other.id, email=other.email)
    return {"employer": first.id, "provider": trainer.id, "person": other.id}


@pytest.fixture
def who(app):
    with app.app_context():
        return make_members()


def test_a_changed_address_is_kept_for_the_person_too(app, who, visit):
    me = visit(who["person"]).get("/account")
    me.send("Save", name="Jay (invented)", email="New@Invented.example", mobile="07700 900 123")
    assert "Saved. Messages go there from now on." in me.text
    with app.app_context():
        account = db.session.get_one(Account, who["person"])
        person = db.session.scalar(select(Candidate).where(Candidate.account_id == account.id))
        assert (account.email, account.mobile) == ("new@invented.example", "+447700900123")
        assert (person.email, person.mobile) == (account.email, account.mobile)


@pytest.mark.parametrize(
    ("email", "mobile", "words"),
    [
        ("person0@invented.example", "", "We cannot use this."),
        ("", "", "Keep an email address or a mobile number"),
        ("not an address", "", "like name@mail.example"),
        ("", "12", "like 07700 900123"),
    ],
)
def test_an_address_that_is_wrong_or_another_persons_changes_nothing(
    app, who, visit, email, mobile, words
):
    me = visit(who["person"]).get("/account")
    me.send("Save", name="Jay", email=email, mobile=mobile)
    assert me.status == 422
    assert words in me.text
    with app.app_context():
        assert db.session.get_one(Account, who["person"]).email == "person2@invented.example"


def test_signing_out_elsewhere_ends_every_session_but_this_one(app, who, visit):
    here, there = visit(who["person"]), visit(who["person"])
    there.get("/me")
    here.get("/account").send("Sign out everywhere else")
    assert "You are signed out everywhere else." in here.text
    assert here.get("/account").here == "/account"
    assert there.get("/account").here == "/sign-in"


@act
def read_invitation():
    message = db.session.scalar(select(Message).where(Message.template == "invited"))
    letter = write_letter(message, "https://p.example", clock.now())
    return letter.subject, letter.body


def test_the_way_that_was_asked_for_is_taken_and_needs_its_address(app, who, visit):
    me = visit(who["person"]).get("/account")
    given = {"name": "Jay", "email": "jay@invented.example", "language": "pl"}
    me.send("Save", **given, mobile="", prefers="text")
    assert me.status == 422 and "Write a mobile number for this" in me.text
    me.send("Save", **given, mobile="07700 900321", prefers="email")
    assert "Saved." in me.text
    with app.app_context():
        [to] = list_person(who["person"])
        assert (to.prefers, my_account.find_language(who["person"])) == ("email", "Polish")
        row = TEMPLATES["round_opens"]
        assert row.ways == ("text", "email") and choose_ways(row, to, None) == ("email",)
        assert choose_ways(TEMPLATES["offer"], to, None) == ("email", "text")


@pytest.mark.parametrize("room", ["employer", "provider"])
def test_a_member_invites_another_who_can_act_and_be_removed(app, who, visit, room):
    me = visit(who[room]).get(f"/{room}/members")
    assert "Only you." in me.text
    me.send("Invite", name="Invented Second", email="second@invented.example")
    assert "We sent them an invitation by email." in me.text
    with app.app_context():
        subject, body = read_invitation()
        assert subject.startswith("You can act for Invented") and "/sign-in" in body
        found = select(Account.id).where(Account.email == "second@invented.example")
        second = visit(db.session.scalar(found))
    assert second.get(f"/{room}").here == f"/{room}"
    me.get(f"/{room}/members").send("Invite", name="Again", email="second@invented.example")
    assert "This person is a member already." in me.text
    second.get(f"/{room}/members").send("Remove")
    assert me.get(f"/{room}").here == "/sign-in"


def test_the_last_member_stays_and_other_organisations_read_as_unknown(app, who, visit):
    me = visit(who["employer"])
    assert me.get("/provider/members").status == 404
    with app.app_context():
        own = db.session.scalar(select(EmployerMember))
        actor = Actor(Role.EMPLOYER, who["employer"], own.employer_id)
        with pytest.raises(Exception, match="only one"):
            members.remove_member(actor, own.id)
        with pytest.raises(NotFound):
            members.remove_member(Actor(Role.EMPLOYER, 1, own.employer_id + 1), own.id)
        with pytest.raises(NotFound):
            my_account.change_account(10**6, "Nobody", "nobody@invented.example", None)


def test_an_employer_joins_in_two_pages_and_goes_on_to_pledge(app, who, visit):
    me = visit().get("/employers")
    me.get("/employer/join")
    me.send("Continue", organisation="Invented Works", company_number="123456", sector="retail")
    me.send("Continue", name="Priya Invented", job_title="Owner", email="priya@invented.example")
    assert me.here == "/sign-in/sent"
    with app.app_context():
        employer = db.session.scalar(select(Employer).where(Employer.name == "Invented Works"))
        assert (employer.state, employer.companies_house_number) == ("applied", "00123456")
        account = select(Account.id).where(Account.email == "priya@invented.example")
        token = accounts.make_sign_in_link(db.session.scalar(account))
    me.get(f"/l/{token}").send("Continue")
    assert me.here == "/employer/pledges/new"


def test_an_organisation_that_is_here_already_is_told_to_ask_a_member(who, visit):
    me = visit().get("/employer/join")
    me.send("Continue", organisation=" invented lockside ", company_number="", sector="retail")
    me.send("Continue", name="P", job_title="Owner", email="p@invented.example")
    assert me.status == 422
    assert "Ask somebody there to add you" in me.text


def test_a_company_number_that_is_none_is_refused(who, visit):
    me = visit().get("/employer/join")
    me.send("Continue", organisation="Invented Works", company_number="12AB", sector="retail")
    me.send("Continue", name="P", job_title="Owner", email="p@invented.example")
    assert "Write 8 digits, or 2 letters and 6 digits" in me.text


@pytest.mark.parametrize("room", ["employer", "provider"])
def test_a_key_is_shown_once_and_ended(app, who, visit, room):
    me = visit(who[room]).get(f"/{room}/keys")
    me.send("Make a key", name=" ")
    assert me.status == 422
    me.send("Make a key", name="Our case system (invented)")
    key = re.search(r"plc_[\w-]+", me.html)[0]
    client, headers = app.test_client(), {"Authorization": f"Bearer {key}"}
    assert client.get("/api/v1/me", headers=headers).status_code == 200
    me.get(f"/{room}/keys")
    assert key not in me.html
    me.send("End")
    assert "The key opens nothing any more." in me.text
    assert client.get("/api/v1/me", headers=headers).status_code == 401
