"""A stored plan opened again by the engine: sealed for an auditor, explained, put on record."""

from dataclasses import dataclass
from typing import Any

from matching import Market, MatchingError, Plan, seal, solve
from matching.bundle import check_bundle, read_bundle
from matching.sealing.packing import pack
from matching.transparency import as_markdown, transparency
from matching.version import VERSION
from placements.domain.errors import GuardRefused
from placements.models import rounds as tables
from placements.services.snapshots import Facts, read_snapshot
from placements.services.solving import keep_known_pairs, policy_of, read_plan

CHANGED = "The sealed records do not give this plan any more. Check the seal: round snapshot."
UNKNOWN_FIELD = "the standard has no field"
Point = tuple[float, float]
RecordField = dict[str, str | None]


@dataclass(frozen=True)
class SealedFile:
    """A bundle: what it says, and its bytes, plain and packed."""

    document: dict[str, Any]
    plain: bytes
    packed: bytes


def seal_plan(
    round_: tables.Round,
    kept: tables.Plan,
    ids: dict[str, str],
    homes: dict[str, Point | None] | None,
    exact: bool,
    about: dict[str, Any],
    blank: dict[str, list[str]],
) -> SealedFile:
    """Seal a stored plan with its market under the pseudonyms in `ids`.

    Where records are blank, the rest is solved again with the places of the erased kept aside,
    and the file says how many people that places otherwise than the round did.
    """
    try:
        market, plan = open_plan(round_, kept)
        if blank:
            again = solve(market)
            about = {**about, "n_otherwise": _count_otherwise(plan, again, market)}
            plan = again
        sealed = seal(market, plan, ids=ids, homes=homes, exact=exact, about=about, blank=blank)
    except MatchingError as wrong:
        raise GuardRefused(CHANGED) from wrong
    return SealedFile(sealed.document, sealed.text.encode(), pack(sealed.text))


def check_file(plain: bytes) -> tuple[list[str], int]:
    """Read a sealed file as an auditor does: what is wrong in it, and how many people it holds."""
    bundle = read_bundle(plain.decode())
    return check_bundle(bundle), len(bundle.market.candidates)


def open_plan(round_: tables.Round, kept: tables.Plan) -> tuple[Market, Plan]:
    """Return a stored plan and the market of the round's seal, as far as it is not erased."""
    plan, policy = read_plan(kept), policy_of(round_, kept.mechanism)
    facts = _set_aside(read_snapshot(round_), plan)
    return Market(**facts, policy=keep_known_pairs(policy, facts)), plan


def _set_aside(facts: Facts, plan: Plan) -> Facts:
    """Take out the places that erased people hold, and the people at erased placements."""
    people = {person["id"] for person in facts["candidates"]}
    places = {place["id"]: place for place in facts["placements"]}
    caps, gone = dict(facts["host_caps"]), set()
    for placed in plan.assignments:
        if placed.placement not in places:
            gone.add(placed.candidate)
        elif placed.candidate not in people:
            place = places[placed.placement]
            place["capacity"] -= 1
            place |= {n: max(place[n] - 1, 0) for n in ("capacity_min", "group_min") if n in place}
            if place["employer"] in caps:
                caps[place["employer"]] -= 1
    kept = [person for person in facts["candidates"] if person["id"] not in gone]
    return {**facts, "candidates": kept, "placements": list(places.values()), "host_caps": caps}


def _count_otherwise(plan: Plan, again: Plan, market: Market) -> int:
    old, new = plan.placement_of, again.placement_of
    return sum(old.get(person.id) != new.get(person.id) for person in market.candidates)


def describe_openly(
    round_: tables.Round, kept: tables.Plan, about: dict[str, str]
) -> tuple[list[RecordField], str]:
    """Return the transparency record of a stored plan, as fields and as a document."""
    try:
        record = transparency(*open_plan(round_, kept), about, VERSION)
    except MatchingError as wrong:
        raise GuardRefused(str(wrong) if UNKNOWN_FIELD in str(wrong) else CHANGED) from wrong
    fields: list[RecordField] = [
        {"number": f.number, "attribute": f.attribute, "name": f.name, "text": f.text}
        for f in record
    ]
    return fields, as_markdown(record)
