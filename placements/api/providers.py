"""For programs of providers: their people, and what became of them."""

from placements.api.blueprint import blueprint, document
from placements.api.employers import MOST_ID
from placements.api.shapes import (
    Application,
    Applications,
    OutcomeIn,
    Question,
    Questions,
    StateQuery,
)
from placements.domain.vocabulary import Role
from placements.services import applications, outcomes, registrations
from placements.services.outcomes import Answer
from placements.web.access import current_actor, open_to


@blueprint.get("/applications")
@open_to(Role.PROVIDER)
@blueprint.input(StateQuery, location="query", arg_name="query")
@blueprint.output(Applications)
@blueprint.doc(**document("Your people, oldest first, without names", 422))
def list_applications(query: StateQuery) -> dict:
    states = None if query.state is None else (query.state,)
    return {"items": applications.list_applications(current_actor(), states)}


@blueprint.get(f"/applications/<int(max={MOST_ID}):application_id>")
@open_to(Role.PROVIDER)
@blueprint.output(Application)
@blueprint.doc(**document("One of your people"))
def get_application(application_id: int):
    return applications.get_application(current_actor(), application_id)


@blueprint.put(f"/applications/<int(max={MOST_ID}):application_id>/before")
@open_to(Role.PROVIDER)
@blueprint.input(OutcomeIn, arg_name="said")
@blueprint.output(Question)
@blueprint.doc(**document("Say what a person did before they took part", 400, 409, 422))
def record_before(application_id: int, said: OutcomeIn):
    actor = current_actor()
    answer = Answer(**said.model_dump())
    return outcomes.get_checkpoint(actor, registrations.say_before(actor, application_id, answer))


@blueprint.get("/questions")
@open_to(Role.EMPLOYER, Role.PROVIDER)
@blueprint.output(Questions)
@blueprint.doc(**document("Questions about what people are doing that wait for an answer"))
def list_questions() -> dict:
    return {"items": outcomes.list_checkpoints(current_actor())}


@blueprint.put(f"/questions/<int(max={MOST_ID}):question_id>/outcome")
@open_to(Role.EMPLOYER, Role.PROVIDER)
@blueprint.input(OutcomeIn, arg_name="said")
@blueprint.output(Question)
@blueprint.doc(**document("Say what a person is doing", 400, 409, 422))
def record_outcome(question_id: int, said: OutcomeIn):
    actor = current_actor()
    outcomes.record_outcome(actor, question_id, Answer(**said.model_dump()))
    return outcomes.get_checkpoint(actor, question_id)
