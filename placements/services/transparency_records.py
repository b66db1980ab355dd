"""A draft of a round's public record by the UK Algorithmic Transparency Recording Standard."""

from dataclasses import dataclass
from pathlib import Path

from placements.domain.permissions import Actor
from placements.services.bundles import find_chosen_plan
from placements.services.gazetteer import get_rules
from placements.services.plan_files import RecordField, describe_openly


@dataclass(frozen=True)
class TransparencyRecord:
    """The fields of the standard in order, the same as one document, and how many are open."""

    fields: list[RecordField]
    document: str
    n_open: int


def get_transparency_record(
    actor: Actor, round_id: int, folder: Path, about: dict[str, str] | None = None
) -> TransparencyRecord:
    """Return the record of a round's chosen plan; authority only, once there is a plan.

    `about` holds answers that only the authority knows, by the standard's own names for them.
    """
    round_, kept = find_chosen_plan(actor, round_id)
    region = get_rules(folder)
    known = {
        "record_id": f"{region.code}-{round_.id}",
        "round_name": round_.name,
        "region": region.name,
        "organisation_name": region.authority,
        "organisation_or_department": region.authority,
        "date_of_completion": f"{kept.solved_at:%Y-%m-%d}",
        "date_updated": f"{kept.solved_at:%Y-%m-%d}",
    }
    fields, document = describe_openly(round_, kept, known | (about or {}))
    return TransparencyRecord(fields, document, sum(field["text"] is None for field in fields))
