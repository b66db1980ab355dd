"""For programs of the authority: rounds and the funnel, to read."""

from placements.api.blueprint import blueprint, document
from placements.api.employers import MOST_ID
from placements.api.shapes import Funnel, FunnelQuery, Round, Rounds
from placements.domain.vocabulary import Role
from placements.services import funnel, rounds
from placements.web.access import current_actor, open_to


@blueprint.get("/rounds")
@open_to(Role.OPERATOR)
@blueprint.output(Rounds)
@blueprint.doc(**document("The rounds of your region, newest first"))
def list_rounds() -> dict:
    return {"items": rounds.list_rounds(current_actor())}


@blueprint.get(f"/rounds/<int(max={MOST_ID}):round_id>")
@open_to(Role.OPERATOR)
@blueprint.output(Round)
@blueprint.doc(**document("One round of your region"))
def get_round(round_id: int):
    return rounds.get_round(current_actor(), round_id)


@blueprint.get("/funnel")
@open_to(Role.OPERATOR)
@blueprint.input(FunnelQuery, location="query", arg_name="query")
@blueprint.output(Funnel)
@blueprint.doc(**document("From pledged to sustained", 422))
def get_funnel(query: FunnelQuery) -> dict:
    actor = current_actor()
    if query.round_id is not None:
        rounds.get_round(actor, query.round_id)
    narrow = funnel.Narrow(query.provider_id, query.sector, query.district)
    stages = funnel.list_funnel(actor, query.round_id, narrow)
    return {
        "stages": [
            {"name": s.name, "counts": s.counts, "n": s.n, "n_unknown": len(s.unknown_ids)}
            for s in stages
        ]
    }
