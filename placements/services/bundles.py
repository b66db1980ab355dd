"""A round as one file for an auditor: the weighted graph, the plan and its proof, no names.

The id of each record is its salted hash, so that the seal can be worked out again from the file
and nobody can be found from it. Minutes to many sites give a home away: the file is for staff
and named auditors, and no page serves it.
"""

import tomllib
from typing import Any

from sqlalchemy import select

from placements.domain.errors import GuardRefused, NotFound
from placements.domain.permissions import Actor
from placements.domain.vocabulary import Role
from placements.extensions import db
from placements.models.rounds import Plan
from placements.services.rounds import get_round
from placements.services.snapshots import find_record_hashes, get_snapshot
from placements.services.solving import describe_graph, policy_of, read_plan
from placements.settings import ROOT

STAFF = (Role.OPERATOR, Role.APPROVER, Role.SYSTEM)
FORMAT = "placements round bundle 1"


def get_bundle(actor: Actor, round_id: int) -> dict[str, Any]:
    """Return the bundle of a round's chosen plan; authority only, once there is a plan."""
    round_ = get_round(actor, round_id)
    if actor.role not in STAFF:
        raise NotFound("There is no such round.")
    snapshot = get_snapshot(round_)
    chosen = (Plan.round_id == round_.id, Plan.chosen, Plan.plan_hash == round_.plan_hash)
    kept = db.session.scalar(select(Plan).where(*chosen))
    if kept is None:
        raise GuardRefused("The round has no plan yet. Make one first.")
    plan = read_plan(kept)
    graph, hashes = describe_graph(round_, kept), find_record_hashes(round_)
    for kind, group in (("application", "candidates"), ("placement", "placements")):
        for node in graph[group]:
            node["id"] = hashes[kind, node["id"]]
    return {
        "format": FORMAT,
        "software": _read_version(),
        "round": {"id": round_.id, "name": round_.name},
        "policy": policy_of(round_, kept.mechanism),
        "seed": round_.seed,
        "snapshot_hash": snapshot.snapshot_hash,
        "policy_hash": kept.policy_hash,
        "result_hash": plan.sha256,
        "plan_hash": kept.plan_hash,
        "mechanism": kept.mechanism,
        "certificate": plan.certificate,
        "totals": plan.totals,
        "graph": graph,
    }


def _read_version() -> str:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    return project["project"]["version"]
