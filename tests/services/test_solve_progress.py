"""How far a plan is while it is made, and a round that is called off meanwhile."""

import threading
import time
from datetime import UTC, datetime

import pytest
from factories.records import (
    make_account,
    make_application,
    make_candidate,
    make_employer,
    make_placement,
    make_provider,
    make_region,
    make_site,
)
from sqlalchemy import func, select

from placements.domain.permissions import Actor
from placements.domain.vocabulary import Role
from placements.extensions import db
from placements.models.rounds import Plan, Round
from placements.services import rounds, solver_process, solving
from placements.services.solve_progress import STEPS, describe_step
from placements.services.transactions import act

DATES = tuple(datetime(2026, 6, day, 9, tzinfo=UTC) for day in (2, 9, 16))

# A child that says its steps as slowly as one of a large market would, then solves.
SLOW = """
import json, time
words = sys.argv[1:]
with open(words[words.index("--progress") + 1], "a") as out:
    for done, step in enumerate(("edges", "costs", "match", "plan")):
        print(json.dumps({"step": step, "done": done, "total": 4}), file=out, flush=True)
        time.sleep(0.6)
sys.exit(matching.__main__.main(words))
"""


@act
def make_world():
    region = make_region()
    placement = make_placement(make_site(make_employer(region)), 2)
    provider = make_provider(region)
    for n in range(3):
        person = make_candidate(latitude=52.47542 + n / 400)
        make_application(person, provider, choices=[placement.reference])
    return Actor(Role.OPERATOR, make_account().id, region_id=region.id)


@pytest.fixture
def operator(app, monkeypatch, clock_file):
    clock_file.write_text(DATES[0].isoformat())
    monkeypatch.setattr(solver_process, "CHILD", SLOW)
    with app.app_context():
        yield make_world()


@pytest.fixture
def round_id(operator):
    made = rounds.create_round(operator, "Summer", DATES, 7)
    rounds.open_round(operator, made)
    rounds.lock_round(operator, made)
    return made


def watch(app, round_id, act_on):
    """Look at the round from another thread, as a page would, until it is not being planned."""

    def look():
        ends_at, state = time.monotonic() + 30, "simulating"
        while state in ("locked", "simulating") and time.monotonic() < ends_at:
            with app.app_context():
                wanted = select(Round.state, Round.reason).where(Round.id == round_id)
                state, reason = db.session.execute(wanted).one()
                db.session.rollback()
                if state == "simulating":
                    act_on(reason)
            time.sleep(0.05)

    watching = threading.Thread(target=look)
    watching.start()
    return watching


def test_solve_round_keeps_each_step_for_every_page_and_clears_it_at_the_end(
    app, operator, round_id
):
    seen = []
    watching = watch(app, round_id, seen.append)
    assert solving.solve_round(operator, round_id)
    watching.join()
    said = [words for words in dict.fromkeys(seen) if words]
    in_order = [describe_step(step) for step in STEPS]
    assert said[:3] == in_order[:3]
    assert [words for words in in_order if words in said] == said
    round_ = rounds.get_round(operator, round_id)
    assert (round_.state, round_.reason) == ("proposed", None)


def test_solve_round_that_is_called_off_stops_and_keeps_no_plan(app, operator, round_id):
    def call_off(words):
        if words and words.startswith("2 of"):
            rounds.cancel_round(operator, round_id, "Called off by hand.")

    watching = watch(app, round_id, call_off)
    began = time.monotonic()
    assert solving.solve_round(operator, round_id) is None
    assert time.monotonic() - began < 30
    watching.join()
    round_ = rounds.get_round(operator, round_id)
    assert (round_.state, round_.reason) == ("cancelled", "Called off by hand.")
    assert db.session.scalar(select(func.count()).select_from(Plan)) == 0


def test_step_that_nobody_knows_is_not_told():
    assert describe_step("edges") == "1 of 6: finding who could go where"
    assert describe_step("magic") == ""
