"""A little of `make soak`, so that every change meets it."""

from soak import machine
from soak.worlds import HOUR, in_state, make_world, reach

from placements import clock
from placements.extensions import db
from placements.models.rounds import Round
from placements.services import assignments
from placements.services.invariants import verifying

SEED, RUNS, STEPS = 20261125, 2, 15


def test_everybody_at_random_and_every_rule_holds_after_every_step(
    app, database_url, make_database
):
    print(f"seed {SEED}")
    counts = machine.run(app, lambda: make_database.empty(database_url), RUNS, STEPS, SEED)
    assert counts[machine.WHOLE] >= RUNS
    assert counts[machine.CHECKS] > RUNS


def test_I22_clock_set_back_after_a_release_makes_nothing_early(app):
    with app.app_context():
        world = make_world()
        at = reach(world, "settling")
        with clock.held_at(at - HOUR):
            offer = in_state("offered")[0]
            assignments.decline_offer(world.people[offer.candidate_id], offer.id)
            assert verifying.verify_invariants().violations == ()
            db.session.query(Round).update({"release_at": at + HOUR})
            db.session.commit()
            broken = {
                (one.invariant, one.table) for one in verifying.verify_invariants().violations
            }
        assert broken >= {("I-22", "assignment"), ("I-22", "message")}
