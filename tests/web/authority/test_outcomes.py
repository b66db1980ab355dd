"""Staff settle what a young person says is not right, and look at a sample again."""

from datetime import UTC, date, datetime

import pytest
from factories.records import make_assignment
from factories.steps import COMPLETED

from placements.domain.permissions import Actor
from placements.domain.vocabulary import CheckpointKind, Kind, OutcomeKind, Role
from placements.extensions import db
from placements.models.candidates import Application
from placements.models.outcomes import Checkpoint
from placements.models.placements import Placement
from placements.services import outcomes, transitions
from placements.services.outcomes import Answer
from placements.services.transactions import act


@act
def ask(world):
    application = db.session.get_one(Application, world.application_ids[0])
    placement = db.session.get_one(Placement, world.placement_id)
    ends = {"start_on": date(2026, 4, 1), "end_on": date(2026, 5, 1)}
    held = make_assignment(application, placement, *COMPLETED, **ends)
    asked = Checkpoint(assignment_id=held.id, kind=CheckpointKind.W4.value)
    asked.due_on = asked.window_opens_on = date(2026, 5, 29)
    asked.window_closes_on = date(2026, 7, 1)
    at, system = datetime(2026, 5, 29, 9, tzinfo=UTC), Actor(Role.SYSTEM)
    transitions.begin(asked, Kind.CHECKPOINT, "schedule", system, at)
    transitions.move(asked, Kind.CHECKPOINT, "fall_due", system, at)
    return asked.id, application.candidate_id


@pytest.fixture
def disputed(world):
    with world.app.app_context():
        checkpoint_id, candidate_id = ask(world)
        provider = Actor(Role.PROVIDER, None, world.provider_id)
        person = Actor(Role.YOUNG_PERSON, candidate_id=candidate_id)
        outcomes.record_outcome(provider, checkpoint_id, Answer(OutcomeKind.JOB))
        version = db.session.get_one(Checkpoint, checkpoint_id).version
        outcomes.dispute_outcome(person, checkpoint_id, version, OutcomeKind.NEET_SEEK)
    return checkpoint_id


def standing(world, checkpoint_id):
    with world.app.app_context():
        checkpoint = db.session.get_one(Checkpoint, checkpoint_id)
        return checkpoint.state, outcomes.find_standing_outcome(checkpoint).kind


def test_a_dispute_is_listed_with_both_sides_and_settled_for_the_person(world, operator, disputed):
    operator.get("/authority/outcomes")
    assert "Young people say this is not right: 1" in operator.text
    operator.get(f"/authority/outcomes/{disputed}")
    assert "The young person says instead: is looking." in operator.text
    operator.send("Settle", what="NEET_SEEK")
    assert "Settled. The young person is told." in operator.text
    assert standing(world, disputed) == ("recorded", "NEET_SEEK")


def test_a_dispute_is_settled_for_the_answer_that_stands(world, operator, disputed):
    operator.get(f"/authority/outcomes/{disputed}").send("Settle")
    assert operator.status == 422
    operator.send("Settle", what="stands")
    assert standing(world, disputed) == ("recorded", "JOB")
    assert "Nobody says that an answer is not right." in operator.get("/authority/outcomes").text


def test_an_answer_of_the_sample_is_looked_at_once(operator, disputed):
    operator.get("/authority/outcomes")
    assert "To check: 1" in operator.text
    form = next(f for f in operator.page.forms if f.action.endswith("/wrong"))
    operator.client.post(form.action, data=form.fields)
    operator.get("/authority/outcomes")
    assert "Every answer of the sample was looked at" in operator.text


def test_an_approver_reads_and_another_region_sees_nothing(world, approver, visit, disputed):
    assert "Settle" not in approver.get(f"/authority/outcomes/{disputed}").html.split("<main")[1]
    stranger = visit(world.stranger_id)
    assert stranger.get(f"/authority/outcomes/{disputed}").status == 404
    assert "Nobody says that an answer" in stranger.get("/authority/outcomes").text
