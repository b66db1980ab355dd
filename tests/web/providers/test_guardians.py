"""A parent or guardian signs by a link of their own, with a provider or without one."""

from datetime import UTC, date, datetime

import pytest
from factories.records import make_account
from factories.steps import SAID_YES
from sqlalchemy import select

from placements import clock
from placements.domain.errors import GuardRefused
from placements.domain.permissions import Actor
from placements.domain.vocabulary import Role
from placements.extensions import db
from placements.models.accounts import Link, Session
from placements.models.assignments import Assignment, Signature
from placements.models.candidates import Application, Candidate
from placements.models.operations import Message
from placements.outbox.words import write_letter
from placements.services import guardians, registrations, starts
from placements.services.transactions import act

CARER, FIRST_DAY = "carer@home.example", date(2026, 7, 6)
CHILD = {"date_of_birth": date(2009, 1, 1), "guardian_contact": CARER}


@act
def give_account(candidate_id):
    account = make_account()
    db.session.get_one(Candidate, candidate_id).account_id = account.id
    return account.id


@act
def drop_provider(application_id):
    db.session.get_one(Application, application_id).provider_id = None


@act
def read_letters():
    """Every letter to a guardian as it would leave now."""
    rows = select(Message).where(Message.template == "agreement_guardian").order_by(Message.id)
    letters = [write_letter(m, "https://p.example", clock.now()) for m in db.session.scalars(rows)]
    return [letter for letter in letters if letter is not None]


@pytest.fixture
def confirmed(app, world, add_person, add_offer):
    """A function that confirms a child's first day; the letters to the guardian come back."""

    def make(with_provider=True, **person):
        application_id = add_person(person={"name": "Kim Invented", **CHILD, **person})
        held = add_offer(application_id, SAID_YES)
        with app.app_context():
            candidate_id = db.session.get_one(Application, application_id).candidate_id
            account_id = give_account(candidate_id)
            if not with_provider:
                drop_provider(application_id)
            starts.confirm_assignment(world.employer, held, "Ines Invented", FIRST_DAY, {})
            return held, application_id, account_id, read_letters()

    return make


def token_of(letter):
    [line] = [one for one in letter.body.splitlines() if "/l/" in one]
    return line.rpartition("/l/")[2]


def signed(app):
    with app.app_context():
        return {s.party: s.how for s in db.session.scalars(select(Signature))}


@pytest.mark.parametrize("with_provider", [True, False])
def test_a_guardian_reads_ticks_and_signs_without_an_account(app, visit, confirmed, with_provider):
    _, _, _, [letter] = confirmed(with_provider)
    assert letter.address == CARER and letter.channel == "email"
    guardian = visit().get(f"/l/{token_of(letter)}")
    assert guardian.here.startswith("/guardian/") and "Kim Invented" in guardian.text
    guardian.send("Sign")
    assert guardian.status == 422 and "Tick this to sign" in guardian.text and not signed(app)
    guardian.send("Sign", agrees="yes")
    assert guardian.title.startswith("Thank you. You have signed")
    assert signed(app) == {"guardian": "by their own link"}
    # Read again it says when; it signs nobody in and opens nothing else.
    assert "You signed on" in guardian.get(f"/l/{token_of(letter)}").text
    assert guardian.get("/me").here.startswith("/sign-in")
    with app.app_context():
        assert db.session.scalar(select(Session).limit(1)) is None


def test_the_link_is_sent_again_by_provider_and_person_but_not_twice_in_a_day(
    app, us, confirmed, world, come_back
):
    held, _, _, _ = confirmed()
    us.get(f"/provider/placed/{held}/agreement")
    us.send("Send the link again")
    assert "Send it again from Wednesday 17 June 2026" in us.text
    come_back(18)
    us.get(f"/provider/placed/{held}/agreement").send("Send the link again")
    assert "The link goes to the parent or guardian on Thursday 18 June 2026" in us.text
    with app.app_context():
        candidate_id = db.session.get_one(Assignment, held).candidate_id
        person = Actor(Role.YOUNG_PERSON, world.account_id, candidate_id=candidate_id)
        with pytest.raises(GuardRefused, match="The link went on Thursday 18 June"):
            guardians.send_guardian_link(person, held)
        with pytest.raises(GuardRefused):
            guardians.send_guardian_link(world.employer, held)


def test_an_old_link_is_renewed_to_the_guardian_alone(app, visit, confirmed):
    _, _, _, [letter] = confirmed()

    @act
    def age():
        link = db.session.scalar(select(Link).where(Link.purpose == "guardian"))
        link.expires_at = datetime(2026, 6, 1, tzinfo=UTC)

    with app.app_context():
        age()
    guardian = visit().get(f"/l/{token_of(letter)}")
    assert guardian.status == 410
    guardian.send("Send me a new link")
    with app.app_context():
        assert [one.address for one in read_letters()] == [CARER, CARER]
        assert not db.session.scalars(select(Message).where(Message.template == "sign_in")).all()


def test_who_was_named_before_cannot_sign_and_an_adult_needs_nobody(app, visit, confirmed, world):
    _, application_id, _, [letter] = confirmed()
    provider = Actor(Role.PROVIDER, world.account_id, world.provider_id, region_id=world.region_id)
    with app.app_context():
        registrations.give_consent(provider, application_id, "07700 900456")
    assert visit().get(f"/l/{token_of(letter)}").status == 404
    with app.app_context():
        # Its way is by email, and what is named now is a number.
        assert read_letters() == []
    _, _, _, letters = confirmed(name="Ann Invented", date_of_birth=date(2006, 1, 1))
    assert CARER not in [one.address for one in letters]
