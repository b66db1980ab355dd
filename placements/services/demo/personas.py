"""The people the demo opens as: one of each role, by name."""

from dataclasses import dataclass

from sqlalchemy import func, select

from placements.domain.errors import NotFound
from placements.domain.invented import words
from placements.domain.invented.draw import marked
from placements.extensions import db
from placements.models.accounts import Account, AuthorityMember
from placements.models.assignments import WAS_OFFERED, Assignment
from placements.models.candidates import Application, Candidate, Provider, ProviderMember
from placements.models.employers import Employer, EmployerMember
from placements.models.placements import Placement
from placements.models.rounds import Round
from placements.services import accounts
from placements.services.demo.clock import refuse_outside_demo

# Whom the bar of every page offers, by key, in the words of who looks at the demo.
DOORS = {
    "young-person-offer": "Young person with an offer",
    "employer-of-offer": "Employer of that offer",
    "employer": "Employer",
    "provider": "Training provider",
    "operator": "Authority, runs rounds",
    "approver": "Authority, approves",
    "young-person-no-place": "Young person without a place",
}

FIRST_PERSON = "AP-00001"


@dataclass(frozen=True)
class Persona:
    """Somebody the demo opens as, what they will see, and where."""

    key: str
    name: str
    what: str
    role: str
    opens_at: str
    account_id: int


def list_personas() -> list[Persona]:
    """List the demo's people; who is not in this database is left out."""
    refuse_outside_demo()
    people = (_employer(), _provider(), _staff("operator"), _staff("approver"), *_young_people())
    people += (_employer_of_offer(),)
    return [persona for persona in people if persona is not None]


def open_as(key: str) -> str:
    """Return a session token of one of the demo's people, as a used link would."""
    for persona in list_personas():
        if persona.key == key:
            return accounts.use_sign_in_link(accounts.make_sign_in_link(persona.account_id))
    raise NotFound("There is nobody of that name in the demo.")


def _employer() -> Persona | None:
    name = marked(words.EMPLOYER_PERSONA[0])
    rows = select(Account, Employer).join(EmployerMember, EmployerMember.account_id == Account.id)
    rows = rows.join(Employer, EmployerMember.employer_id == Employer.id)
    found = db.session.execute(rows.where(Employer.name == name).order_by(Account.id)).first()
    if found is None:
        return None
    account, employer = found
    said_yes = select(func.count(Assignment.id)).join(
        Placement, Assignment.placement_id == Placement.id
    )
    mine = (Placement.employer_id == employer.id, Assignment.state == "accepted")
    what = f"{employer.name}: {db.session.scalar(said_yes.where(*mine))} to confirm"
    return Persona("employer", account.name, what, "employer", "/employer", account.id)


def _employer_of_offer() -> Persona | None:
    """Return who acts for the employer that the first young person was offered a place by."""
    rows = select(Account, Employer, Candidate.preferred_name)
    rows = rows.join(EmployerMember, EmployerMember.account_id == Account.id)
    rows = rows.join(Employer, EmployerMember.employer_id == Employer.id)
    rows = rows.join(Placement, Placement.employer_id == Employer.id)
    rows = rows.join(Assignment, Assignment.placement_id == Placement.id)
    rows = rows.join(Application, Assignment.application_id == Application.id)
    rows = rows.join(Candidate, Application.candidate_id == Candidate.id)
    rows = rows.where(Application.reference == FIRST_PERSON, WAS_OFFERED)
    found = db.session.execute(rows.order_by(Assignment.id.desc(), Account.id)).first()
    if found is None:
        return None
    account, employer, name = found
    what = (
        f"{employer.name}: offered {name} a place. Says when the first day is, once {name} says yes"
    )
    return Persona(
        "employer-of-offer", account.name or "", what, "employer", "/employer/people", account.id
    )


def _provider() -> Persona | None:
    name = marked(words.PROVIDER_PERSONA[0])
    rows = select(Account, Provider).join(ProviderMember, ProviderMember.account_id == Account.id)
    rows = rows.join(Provider, ProviderMember.provider_id == Provider.id)
    found = db.session.execute(rows.where(Provider.name == name).order_by(Account.id)).first()
    if found is None:
        return None
    account, provider = found
    people = select(func.count(Application.id)).where(Application.provider_id == provider.id)
    what = f"{provider.name}: {db.session.scalar(people)} young people"
    return Persona("provider", account.name, what, "provider", "/provider", account.id)


def _staff(power: str) -> Persona | None:
    rows = select(Account).join(AuthorityMember, AuthorityMember.account_id == Account.id)
    account = db.session.scalar(rows.where(AuthorityMember.power == power).order_by(Account.id))
    if account is None:
        return None
    what = "Runs the rounds" if power == "operator" else "Approves what somebody else prepared"
    waiting = db.session.scalar(select(Round.id).where(Round.state == "proposed"))
    is_asked = power == "approver" and waiting is not None
    opens_at = f"/authority/rounds/{waiting}/approve" if is_asked else "/authority"
    return Persona(power, account.name or "", what, power, opens_at, account.id)


def _young_people() -> list[Persona]:
    """Return the demo's young people: the first of the invented, in the order of their words."""
    found = []
    for number, key in enumerate(("young-person-offer", "young-person-no-place"), start=1):
        rows = select(Candidate).join(Application, Application.candidate_id == Candidate.id)
        candidate = db.session.scalar(rows.where(Application.reference == f"AP-{number:05d}"))
        if candidate is not None and candidate.account_id is not None:
            found.append(_young_person(key, candidate, candidate.account_id))
    return found


def _young_person(key: str, candidate: Candidate, account_id: int) -> Persona:
    offered = (Assignment.candidate_id == candidate.id, Assignment.state == "offered")
    has_offer = db.session.scalar(select(Assignment.id).where(*offered)) is not None
    what = "Has an offer to answer" if has_offer else "Has no place yet"
    opens_at = "/me/offer" if has_offer else "/me/no-place"
    return Persona(key, candidate.preferred_name or "", what, "young_person", opens_at, account_id)
