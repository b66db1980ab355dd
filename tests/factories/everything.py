"""A region, or a second organisation in it, with one record behind every address with an id."""

from datetime import timedelta
from types import SimpleNamespace

from factories.every_state import AT, make_in
from factories.records import keep, make_account, make_employer, make_provider, make_site
from sqlalchemy import select

from placements.domain.lifecycles import LIFECYCLES
from placements.domain.vocabulary import Kind
from placements.extensions import db
from placements.models.accounts import ApiKey, AuthorityMember
from placements.models.assignments import Assignment
from placements.models.candidates import ProviderMember
from placements.models.employers import EmployerMember
from placements.models.operations import ImportRun
from placements.models.outcomes import Outcome
from placements.models.rights import RightsRequest
from placements.models.rounds import Plan, Snapshot
from placements.services.imports import write_template
from placements.services.transactions import act

HASH = "f" * 64


def make_organisations(region):
    """An employer, a provider and staff of a region, each with an account; part of an act."""
    employer, provider = make_employer(region), make_provider(region)
    names = ("operator", "approver", "employer", "provider", "second")
    accounts = {name: make_account().id for name in names}
    for power in ("operator", "approver"):
        facts = {"account_id": accounts[power], "region_id": region.id, "power": power}
        keep(AuthorityMember(**facts))
    members = {}
    for name in ("employer", "provider"):
        table, owner = (
            (EmployerMember, employer) if name == "employer" else (ProviderMember, provider)
        )
        owned = {f"{name}_id": owner.id}
        keep(table(account_id=accounts[name], **owned))
        members[name] = keep(table(account_id=accounts["second"], **owned)).id
    return SimpleNamespace(
        region_id=region.id,
        employer_id=employer.id,
        provider_id=provider.id,
        site_id=make_site(employer).id,
        accounts=accounts,
        members=members,
    )


def make_everything(world):
    """Return the id behind each name that addresses use; part of an act."""
    question = make_in(world, Kind.CHECKPOINT, "due")
    asked = db.session.get_one(Assignment, question.assignment_id)
    told = make_in(world, Kind.CHECKPOINT, "disputed")
    round_id = make_in(world, Kind.ROUND, "proposed").id
    return {
        "placement_id": make_in(world, Kind.PLACEMENT, "live").id,
        "application_id": make_in(world, Kind.APPLICATION, "ready").id,
        "assignment_id": make_in(world, Kind.ASSIGNMENT, "offered").id,
        "record_id": asked.application_id,
        "round_id": round_id,
        "plan_id": _make_plan(round_id),
        "checkpoint_id": told.id,
        "question_id": question.id,
        "outcome_id": db.session.scalars(
            select(Outcome.id).where(Outcome.checkpoint_id == told.id)
        ).one(),
        "request_id": _make_request(asked.candidate_id).id,
        "run_id": _make_run(world).id,
        "site_id": world.site_id,
        "employer_id": world.employer_id,
        "key_id": {
            role: _make_key(world, role).id for role in ("employer", "provider", "operator")
        },
        "member_id": world.members,
    }


@act
def add_message(world):
    """Add a message that did not go out: it needs an event that is kept already."""
    world.ids["message_id"] = make_in(world, Kind.MESSAGE, "dead").id


def _make_plan(round_id):
    hashes = {"round_id": round_id, "snapshot_hash": HASH}
    keep(Snapshot(**hashes, taken_at=AT, n_candidates=0, n_placements=0))
    facts = {"policy_hash": HASH, "plan_hash": HASH, "mechanism": "optimal", "sealed": "{}"}
    return keep(Plan(**hashes, **facts, checked_ok=True, solved_at=AT, solve_seconds=0.1)).id


def _make_request(candidate_id):
    asked = {"kind": "access", "asked_at": AT, "asked_by_role": "young_person"}
    due = AT.date() + timedelta(days=30)
    return keep(RightsRequest(candidate_id=candidate_id, **asked, due_on=due))


def _make_run(world):
    run = ImportRun(kind="applications", file_hash=HASH, account_id=world.accounts["provider"])
    run.organisation_id, run.started_at, run.content = (
        world.provider_id,
        AT,
        write_template("applications"),
    )
    return keep(run)


def _make_key(world, role):
    owner = {"employer": world.employer_id, "provider": world.provider_id}.get(role)
    facts = {"role": role, "organisation_id": owner, "region_id": world.region_id, "made_at": AT}
    count = db.session.query(ApiKey).count()
    return keep(ApiKey(name="Invented", key_hash=f"{count:064x}", **facts))


def make_in_every_state(world):
    """Return ids of records of a world in each state of their kind; part of an act."""
    return [
        {f"{kind.value}_id": make_in(world, kind, state).id}
        for kind in (Kind.PLACEMENT, Kind.APPLICATION, Kind.ASSIGNMENT, Kind.ROUND, Kind.CHECKPOINT)
        for state in LIFECYCLES[kind].states
    ]
