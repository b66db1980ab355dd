"""What somebody does six months on, told by link on a phone, disputed, settled, and counted."""

from datetime import date, datetime

import pytest
from factories.records import (
    keep,
    make_account,
    make_application,
    make_assignment,
    make_candidate,
    make_employer,
    make_placement,
    make_provider,
    make_region,
    make_site,
)
from factories.steps import COMPLETED
from sqlalchemy import select

from placements import clock
from placements.clock import LONDON
from placements.domain.funnel import KEYS
from placements.domain.permissions import Actor
from placements.domain.vocabulary import OutcomeKind, Role
from placements.extensions import db
from placements.models.accounts import AuthorityMember
from placements.models.outcomes import Checkpoint
from placements.services import outcomes, returns
from placements.services.funnel import list_funnel, list_parts
from placements.services.outcomes import Answer
from placements.services.transactions import act
from placements.settings import ROOT

DAWN, AMARA = "dawn@authority.example", "07700900123"
MAPPINGS, OPERATOR = ROOT / "config/returns", Actor(Role.OPERATOR, region_id=1)
ENDED, OUT_SINCE = date(2026, 6, 30), date(2026, 7, 1)
SIX_MONTHS_ON = datetime(2026, 12, 30, 12, tzinfo=LONDON)
MOST_PRESSES = 3


@act
def make_world():
    region = make_region(code="west_midlands")
    site, provider = make_site(make_employer(region)), make_provider(region, name="Ash Centre")
    dawn = make_account(name="Dawn Invented", email=DAWN)
    keep(AuthorityMember(account_id=dawn.id, region_id=region.id, power="operator"))
    amara = make_account(name="Amara Invented", mobile=AMARA)
    candidate = make_candidate(preferred_name="Amara", district="Dudley", account_id=amara.id)
    one = make_application(candidate, provider, priority=["care_leaver"])
    dates = {"start_on": date(2026, 6, 1), "end_on": ENDED}
    assignment = make_assignment(one, make_placement(site), *COMPLETED, **dates)
    outcomes.add_end_checkpoints(assignment, ENDED)
    return candidate.id, provider.id


def tell(actor, question, day, answer):
    """Answer a question as a service call, on its day."""
    with clock.held_at(datetime(day.year, day.month, day.day, 9, tzinfo=LONDON)):
        outcomes.fall_due(day)
        found = db.session.scalar(select(Checkpoint.id).where(Checkpoint.kind == question))
        outcomes.record_outcome(actor, found, answer)


@pytest.fixture
def started(app, service, monkeypatch):
    """A person who said they had a job, and a provider who said otherwise two months later."""
    monkeypatch.setenv("PLACEMENTS_ENV", "test")
    with app.app_context(), clock.held_at(datetime(2026, 6, 1, 9, tzinfo=LONDON)):
        candidate_id, provider_id = make_world()
        amara = Actor(Role.YOUNG_PERSON, candidate_id=candidate_id)
        provider = Actor(Role.PROVIDER, make_other(), provider_id)
        tell(amara, "W4", date(2026, 7, 28), Answer(OutcomeKind.JOB, hours_per_week=30))
        tell(provider, "M3", date(2026, 9, 30), Answer(OutcomeKind.NEET_SEEK, OUT_SINCE))
    service.set_clock(SIX_MONTHS_ON)
    service.start()
    service.move_to(SIX_MONTHS_ON)
    return service


@act
def make_other():
    return make_account(name="Provider Invented").id


def read_rates(app, operator):
    """Every rate and return that uses the answer, by its name, as the pages read them."""
    with app.app_context(), clock.held_at(SIX_MONTHS_ON):
        rates = {key: list_parts(operator, key) for key in KEYS}
        rates["whole"] = list_funnel(operator)
        for name in ("sustained", "ilr"):
            day = SIX_MONTHS_ON.date()
            rates[name] = returns.make_return(operator, MAPPINGS, name, day).write()
        return rates


def test_young_person_answers_disputes_and_every_rate_follows(app, started, person):
    amara = person(AMARA, scripts=False)
    amara.go(started.newest_link_to(AMARA))
    if "Continue" in amara.page.content() and "What are you doing now?" not in amara.text:
        amara.press("Continue")
    amara.choose("I have a job").press("Continue")
    amara.press("Send").sees("Thank you")
    print(f"{amara.presses} presses from the message to the answer")
    assert amara.presses <= MOST_PRESSES
    before = read_rates(app, OPERATOR)
    assert before["whole"][-1].no_ids and not before["whole"][-1].ids

    amara.go("/me/timeline").sees("Ash Centre")
    row = amara.page.locator("li").filter(has_text="looking")
    row.get_by_role("link", name="That's not right").click()
    amara.choose("I have a job").press("Send").sees("You said that this is not right")

    dawn = person(DAWN, scripts=False)
    dawn.sign_in().go("/authority/outcomes").sees("Is looking")
    both_sides = dawn.follow("Look at both sides").page.url
    dawn.choose("Has a job").press("Settle").sees("Settled")

    after = read_rates(app, OPERATOR)
    assert after["whole"][-1].ids and not after["whole"][-1].no_ids
    assert {name for name in before if before[name] == after[name]} == set()
    dawn.go(both_sides).follow("What the audit says").sees("Dispute").sees("Settle")
