"""A round as one file for an auditor: market, plan, proof and hashes, and no names.

The id of each record is its salted hash, so that the seal can be worked out again from the file
and nobody can be found from it. Homes are put at the middle of a postcode sector, and journeys
travel along as minutes. Minutes to many sites give a home away: the file is for staff and named
auditors, and no page serves it.
"""

from pathlib import Path
from typing import Any

from sqlalchemy import select

from placements.domain.errors import GuardRefused, NotFound
from placements.domain.permissions import Actor
from placements.domain.vocabulary import Role
from placements.extensions import db
from placements.models.rounds import Plan, Round
from placements.services.gazetteer import round_to_sectors
from placements.services.plan_files import CHANGED, Point, SealedFile, seal_plan
from placements.services.rounds import get_round
from placements.services.snapshots import (
    find_record_hashes,
    get_snapshot,
    list_blank_records,
    read_snapshot,
)
from placements.services.solving import is_intact, read_plan

STAFF = (Role.OPERATOR, Role.APPROVER, Role.SYSTEM)
FORMAT = "placements round 2"
KINDS = {"application": "candidates", "placement": "placements"}


def get_bundle(
    actor: Actor, round_id: int, folder: Path | None = None, *, exact: bool = False
) -> SealedFile:
    """Return the bundle of a round's chosen plan; authority only, once there is a plan.

    Homes are rounded to the sectors of the region kept in `folder`, to a kilometre without one;
    with `exact` they and the birth dates are as sealed, for an auditor who may see them.
    """
    round_, kept = find_chosen_plan(actor, round_id)
    if not is_intact(kept):
        raise GuardRefused(CHANGED)
    ids = {name: given for (_, name), given in find_record_hashes(round_).items()}
    blank = {
        KINDS[kind]: [record_hash for _, record_hash in records]
        for kind, records in list_blank_records(round_).items()
    }
    homes = None if exact or folder is None else _list_homes(round_, folder)
    return seal_plan(round_, kept, ids, homes, exact, _describe(round_, kept), blank)


def find_chosen_plan(actor: Actor, round_id: int) -> tuple[Round, Plan]:
    """Return a sealed round and the plan in use; authority only, refused when there is none."""
    round_ = get_round(actor, round_id)
    if actor.role not in STAFF:
        raise NotFound("There is no such round.")
    get_snapshot(round_)
    chosen = (Plan.round_id == round_.id, Plan.chosen, Plan.plan_hash == round_.plan_hash)
    kept = db.session.scalar(select(Plan).where(*chosen))
    if kept is None:
        raise GuardRefused("The round has no plan yet. Make one first.")
    return round_, kept


def _list_homes(round_: Round, folder: Path) -> dict[str, Point | None]:
    people = read_snapshot(round_)["candidates"]
    points = [
        None if person["lat"] is None or person["lon"] is None else (person["lat"], person["lon"])
        for person in people
    ]
    rounded = round_to_sectors(folder, points)
    return {person["id"]: point for person, point in zip(people, rounded, strict=True)}


def _describe(round_: Round, kept: Plan) -> dict[str, Any]:
    """Return what ties the file to the round: its hashes, of names nobody can see in the file."""
    plan = read_plan(kept)
    return {
        "round_format": FORMAT,
        "round": {"id": round_.id, "name": round_.name},
        "snapshot_hash": kept.snapshot_hash,
        "policy_hash": kept.policy_hash,
        "result_hash": plan.sha256,
        "plan_hash": kept.plan_hash,
    }
