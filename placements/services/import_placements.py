"""One row of the placements file: its employer, its site, and the placement to be checked."""

from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path

from sqlalchemy import select

from placements import clock
from placements.domain.errors import Invalid, Refusal
from placements.domain.import_rows import PlacementRow
from placements.domain.permissions import SYSTEM, Actor
from placements.extensions import db
from placements.models.employers import Employer, Site
from placements.models.placements import Placement
from placements.services import employers, placements
from placements.services.employers import SiteFacts
from placements.services.gazetteer import get_rules
from placements.services.import_rows import RowRefused, check_same, refuse_at
from placements.services.placements import PlacementFacts
from placements.services.transactions import savepoint

COLUMNS = {
    "postcode": "site_postcode",
    "insurance": "insurance_expires",
    "risk_assessment": "risk_assessed",
    "duration_weeks": "weeks",
    "shifts": "mon",
    "capacity_min": "sure_of",
    "capacity_likely": "likely",
    "capacity_max": "most",
    "group_min": "fewest_to_run",
}


def keep_rows(actor: Actor, folder: Path, rows: Sequence[PlacementRow]) -> list[bool | Refusal]:
    """Keep each row as a submitted placement; False if it is here already, the same.

    A refused row leaves nothing of itself, and its refusal is returned in its place.
    """
    verdicts: list[bool | Refusal] = []
    for row in rows:
        try:
            with savepoint():
                verdicts.append(_keep_row(actor, folder, row))
        except Refusal as refused:
            verdicts.append(refused)
    return verdicts


def _keep_row(actor: Actor, folder: Path, row: PlacementRow) -> bool:
    if row.sector not in {sector.code for sector in get_rules(folder).sectors}:
        known = ", ".join(sector.code for sector in get_rules(folder).sectors)
        raise RowRefused("sector", f"Write one of: {known}.")
    facts = _facts(row)
    known_placement = db.session.scalar(
        select(Placement).where(Placement.reference == row.reference)
    )
    if known_placement is not None:
        check_same(known_placement, asdict(facts), COLUMNS)
        return False
    try:
        site = _find_or_add_site(_find_or_add_employer(actor, row), folder, row)
        placement = placements.add_placement(site, row.reference, facts, SYSTEM, clock.now())
        placements.submit(placement, SYSTEM, clock.now(), clock.today())
    except Invalid as refusal:
        raise refuse_at(COLUMNS, refusal) from refusal
    return True


def _facts(row: PlacementRow) -> PlacementFacts:
    same = ("title", "sector", "summary", "start_from", "start_to", "min_age", "needs")
    same += ("dbs_reason", "adjustments", "travel_support", "pay")
    same += ("supervisor_name", "supervisor_role")
    return PlacementFacts(
        duration_weeks=row.weeks,
        shifts=row.spans,
        capacity_min=row.sure_of,
        capacity_likely=row.likely,
        capacity_max=row.most,
        group_min=row.fewest_to_run,
        **{name: getattr(row, name) for name in same},
    )


def _find_or_add_employer(actor: Actor, row: PlacementRow) -> Employer:
    named = (Employer.region_id == actor.region_id, Employer.name == row.employer)
    employer = db.session.scalar(select(Employer).where(*named))
    if employer is None:
        employer = employers.add_employer(
            actor.region_id or 0, row.employer, row.sector, clock.now()
        )
    employers.add_employer_member(employer, row.employer_email, None)
    return employer


def _find_or_add_site(employer: Employer, folder: Path, row: PlacementRow) -> Site:
    named = (Site.employer_id == employer.id, Site.name == row.site_name)
    site = db.session.scalar(select(Site).where(*named))
    if site is None:
        facts = SiteFacts(
            row.site_name, row.site_postcode, row.insurance_expires, row.risk_assessed
        )
        return employers.add_site(employer, folder, facts)
    if site.postcode != row.site_postcode:
        fix = f"{row.site_name} is at {site.postcode} already. Give this site another name."
        raise RowRefused("site_postcode", fix)
    return site
