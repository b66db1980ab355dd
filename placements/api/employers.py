"""For programs of employers: their placements and the people on them."""

from placements.api.blueprint import blueprint, document
from placements.api.shapes import People, Placement, Placements, StateQuery
from placements.domain.vocabulary import Role
from placements.services import employer_people, placements
from placements.web.access import current_actor, open_to

MOST_ID = 2**31 - 1
PLACEMENT = f"/placements/<int(max={MOST_ID}):placement_id>"


@blueprint.get("/placements")
@open_to(Role.EMPLOYER)
@blueprint.input(StateQuery, location="query", arg_name="query")
@blueprint.output(Placements)
@blueprint.doc(**document("Your placements, oldest first", 422))
def list_placements(query: StateQuery) -> dict:
    states = None if query.state is None else (query.state,)
    return {"items": placements.list_placements(current_actor(), states)}


@blueprint.get(PLACEMENT)
@open_to(Role.EMPLOYER)
@blueprint.output(Placement)
@blueprint.doc(**document("One of your placements"))
def get_placement(placement_id: int):
    return placements.get_placement(current_actor(), placement_id)


@blueprint.put(f"{PLACEMENT}/still-true")
@open_to(Role.EMPLOYER)
@blueprint.output(Placement)
@blueprint.doc(**document("Say that a placement is still true today", 409))
def say_still_true(placement_id: int):
    placements.confirm_still_true(current_actor(), placement_id)
    return placements.get_placement(current_actor(), placement_id)


@blueprint.get("/people")
@open_to(Role.EMPLOYER)
@blueprint.output(People)
@blueprint.doc(**document("People on your placements, of rounds whose results are out"))
def list_people() -> dict:
    return {"items": employer_people.list_people(current_actor())}
