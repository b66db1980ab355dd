"""What the plans of a few minutes did, in figures that are the same wherever they are made."""

from datetime import datetime

from sqlalchemy import select

from placements.domain.permissions import SYSTEM
from placements.extensions import db
from placements.models.rounds import Plan, Round
from placements.services.plans import PlanSummary, list_plans


def list_plans_since(at: datetime) -> list[tuple[str, PlanSummary]]:
    """List the plans made at or after an instant, oldest first, each with its round's name."""
    rows = select(Plan.id, Plan.round_id, Round.name).join(Round, Plan.round_id == Round.id)
    made = db.session.execute(rows.where(Plan.solved_at >= at).order_by(Plan.id)).all()
    plans = {p.plan_id: p for i in {m.round_id for m in made} for p in list_plans(SYSTEM, i)}
    return [(m.name, plans[m.id]) for m in made if m.id in plans]
