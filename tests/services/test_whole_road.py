"""From two files to the funnel: every step of one round by its schedule, and nobody lost or twice.

Each test proves a part of the same road, which is walked once.
"""

from collections import Counter
from datetime import UTC, datetime, time, timedelta
from types import SimpleNamespace

import pytest
from factories.records import make_account, make_region
from sqlalchemy import func, select, text

from placements import create_app, scheduler
from placements.domain.permissions import SYSTEM, Actor
from placements.domain.vocabulary import OutcomeKind, Role
from placements.extensions import db
from placements.models.assignments import WAS_OFFERED, Assignment
from placements.models.candidates import Application
from placements.models.employers import Employer
from placements.models.outcomes import Checkpoint
from placements.models.placements import Placement
from placements.models.rounds import PlanRow, Round, Snapshot
from placements.services import (
    agreements,
    assignments,
    employers,
    imports,
    occurrences,
    outcomes,
    placements,
    reach,
    rounds,
    starts,
)
from placements.services.funnel import list_funnel
from placements.services.outcomes import Answer
from placements.services.transactions import act
from placements.settings import ROOT, load_settings

FOLDER = ROOT / "config/regions/west_midlands"
DATA = ROOT / "tests/data/west_midlands"
IMPORTED = datetime(2026, 11, 24, 10, tzinfo=UTC)
OPENS, LOCKS, RELEASE = (datetime(2026, 12, day, 10, tzinfo=UTC) for day in (1, 8, 15))
HOUR, DAY, MONTH = timedelta(hours=1), timedelta(days=1), timedelta(days=28)
SEED = 20261124
HELD = "('offered','accepted','confirmed','started','completed')"
FIRST_DAY = {"time": "09:00"}


@act
def make_staff():
    region = make_region(code="west_midlands")
    ids = [make_account().id for _ in range(2)]
    return (
        Actor(Role.OPERATOR, ids[0], region_id=region.id),
        Actor(Role.APPROVER, ids[1], region_id=region.id),
    )


@pytest.fixture(scope="module")
def road(make_database, tmp_path_factory):
    """The whole road, walked once; what was seen on the way."""
    clock_file = tmp_path_factory.mktemp("road") / "clock"
    app = create_app(load_settings({"PLACEMENTS_ENV": "test", "DATABASE_URL": make_database()}))
    with pytest.MonkeyPatch.context() as patch, app.app_context():
        patch.setenv("CLOCK_FILE", str(clock_file))
        operator, approver = make_staff()
        road = SimpleNamespace(operator=operator, approver=approver, clock_file=clock_file)
        walk(road)
        yield road
        db.session.remove()
        db.engine.dispose()


def walk(road):
    set_clock(road, IMPORTED)
    outcomes.begin_mornings()
    take_in(road)
    run_round(road)
    settle(road)
    live_placements(road)
    ask_and_answer(road)


def set_clock(road, at):
    road.clock_file.write_text(at.isoformat())


def run_until(road, limit):
    """Run each due step at its own instant, as a worker that never sleeps would."""
    while (due_at := occurrences.find_next_due_at()) is not None and due_at <= limit:
        set_clock(road, due_at)
        assert scheduler.run_due("worker-1") > 0
    set_clock(road, limit)


def take_in(road):
    road.files = {
        kind: imports.import_file(road.operator, FOLDER, kind, (DATA / f"{kind}.csv").read_bytes())
        for kind in ("placements", "applications")
    }
    for employer in db.session.scalars(select(Employer)).all():
        employers.verify_employer(road.operator, employer.id)
    for placement in placements.list_placements(road.operator, ["submitted"]):
        placements.approve_placement(road.operator, placement.id)


def run_round(road):
    dates = (OPENS, LOCKS, RELEASE)
    road.round_id = rounds.create_round(road.operator, "Winter", dates, seed=SEED)
    run_until(road, LOCKS + HOUR)
    kept = rounds.get_round(road.approver, road.round_id)
    rounds.approve_round(road.approver, road.round_id, kept.plan_hash, kept.snapshot_hash)
    run_until(road, RELEASE - HOUR)
    road.n_offers_before_release = count(Assignment)
    road.wanted = wanted_by_others()
    run_until(road, RELEASE)
    road.n_first_offers = count(Assignment, WAS_OFFERED)


def wanted_by_others():
    """The placements that somebody the plan leaves out could take."""
    left_out = select(Application).join(PlanRow, PlanRow.application_id == Application.id)
    people = db.session.scalars(left_out.where(PlanRow.placement_id.is_(None))).all()
    reached = [one for person in people for one in reach.list_reach(person)]
    return {one.placement.id for one in reached if one.obstacle is None}


def settle(road):
    """Three say no, three say nothing, the others say yes; freed places are offered on."""
    first = sorted(in_state("offered"), key=lambda o: (o.placement_id not in road.wanted, o.id))
    for n, offer in enumerate(first):
        if n < 3:
            assignments.decline_offer(young_person(offer), offer.id, "Too far for me")
        elif n >= 6:
            assignments.accept_offer(young_person(offer), offer.id)
    while rounds.get_round(road.operator, road.round_id).state == "settling":
        run_until(road, occurrences.find_next_due_at())
        for offer in in_state("offered", Assignment.id.not_in([o.id for o in first])):
            assignments.accept_offer(young_person(offer), offer.id)


def live_placements(road):
    for assignment in in_state("accepted"):
        confirm_and_sign(assignment)
    for day in days(Assignment.start_on, "confirmed"):
        run_until(road, datetime.combine(day, time(10), UTC))
        for n, assignment in enumerate(in_state("confirmed", Assignment.start_on == day)):
            started = starts.record_no_show if n == 1 else starts.start_assignment
            started(employer(assignment), assignment.id)
    for day in days(Assignment.end_on, "started"):
        run_until(road, datetime.combine(day, time(16), UTC))
        for assignment in in_state("started", Assignment.end_on == day):
            starts.complete_assignment(employer(assignment), assignment.id)


def confirm_and_sign(assignment):
    placement, young = assignment.placement, young_person(assignment)
    starts.confirm_assignment(
        employer(assignment), assignment.id, "Zara", placement.start_from, FIRST_DAY
    )
    own = provider(assignment)
    for actor in filter(None, (employer(assignment), young, own)):
        agreements.sign_agreement(actor, assignment.id)
    if "guardian" in agreements.list_missing_signatures(assignment, placement.start_from):
        if own is None:
            assignments.cancel_assignment(young, assignment.id, "Nobody could sign for me")
        else:
            agreements.record_guardian_signature(own, assignment.id, "on paper")


def ask_and_answer(road):
    """Every month, answer what has fallen due; one person in five never answers afterwards."""
    last = db.session.scalar(select(func.max(Checkpoint.due_on)).where(Checkpoint.kind == "M6"))
    at = RELEASE
    while at.date() <= last:
        at += MONTH
        run_until(road, max(at, datetime.fromisoformat(road.clock_file.read_text())))
        for checkpoint in outcomes.list_checkpoints(SYSTEM):
            answer(checkpoint)


def answer(checkpoint):
    assignment = db.session.get_one(Assignment, checkpoint.assignment_id)
    later = checkpoint.kind in ("W4", "M3", "M6")
    if later and assignment.candidate_id % 5 == 0:
        return
    kind = OutcomeKind.TRAIN
    if later:
        kind = OutcomeKind.JOB if assignment.candidate_id % 2 else OutcomeKind.NEET_SEEK
    speaker = provider(assignment) or young_person(assignment)
    outcomes.record_outcome(speaker, checkpoint.id, Answer(kind))


def in_state(state, *more):
    rows = select(Assignment).where(Assignment.state == state, *more).order_by(Assignment.id)
    return db.session.scalars(rows).all()


def days(column, state):
    rows = select(column).where(Assignment.state == state).distinct().order_by(column)
    return db.session.scalars(rows).all()


def young_person(assignment):
    return Actor(Role.YOUNG_PERSON, candidate_id=assignment.candidate_id)


def employer(assignment):
    return Actor(Role.EMPLOYER, organisation_id=assignment.placement.employer_id)


def provider(assignment):
    owner = assignment.application.provider_id
    return Actor(Role.PROVIDER, organisation_id=owner) if owner else None


def count(table, *where):
    return db.session.scalar(select(func.count()).select_from(table).where(*where))


def found(query):
    return db.session.execute(text(query)).all()


def test_road_every_row_of_both_files_is_taken_in(road):
    counts = {kind: (result.n_new, len(result.bad)) for kind, result in road.files.items()}
    assert counts == {"placements": (25, 0), "applications": (60, 0)}
    assert (count(Placement), count(Application)) == (25, 60)


def test_road_ends_with_a_final_round_and_no_step_left_behind(road):
    assert count(Round, Round.state == "final") == 1
    assert found("SELECT id FROM occurrence WHERE state IN ('claimed', 'missed')") == []


def test_I22_road_nothing_is_offered_before_the_release(road):
    assert road.n_offers_before_release == 0
    assert (
        found(
            "SELECT a.id FROM assignment a JOIN round r ON r.id = a.round_id "
            "WHERE a.offered_at < r.release_at"
        )
        == []
    )


def test_I26_road_each_sealed_person_has_one_line_placed_or_with_a_reason(road):
    n_sealed = db.session.scalar(select(Snapshot.n_candidates))
    first = "plan_id = (SELECT id FROM plan WHERE chosen)"
    lines = found(f"SELECT application_id, placement_id, reasons FROM plan_row WHERE {first}")
    assert len(lines) == len({line.application_id for line in lines}) == n_sealed == 60
    placed = [line for line in lines if line.placement_id is not None]
    assert len(placed) == road.n_first_offers
    assert count(PlanRow) >= n_sealed
    assert all(line.placement_id or line.reasons not in (None, "[]", []) for line in lines)


@pytest.mark.parametrize(
    ("rule", "query"),
    [
        ("I-01", "SELECT id FROM placement WHERE held < 0 OR held > capacity"),
        (
            "I-02",
            "SELECT p.id FROM placement p WHERE p.held <> (SELECT count(*) FROM assignment a "
            f"WHERE a.placement_id = p.id AND a.state IN {HELD})",
        ),
        (
            "I-05",
            f"SELECT candidate_id FROM assignment WHERE state IN {HELD} "
            "GROUP BY candidate_id HAVING count(*) > 1",
        ),
        (
            "I-06",
            "SELECT candidate_id FROM assignment "
            "GROUP BY candidate_id, placement_id, round_id HAVING count(*) > 1",
        ),
        (
            "I-15",
            "SELECT id FROM (SELECT id, from_state, lag(to_state) OVER "
            "(PARTITION BY kind, record_id ORDER BY version) AS was FROM history) h "
            "WHERE was IS NOT NULL AND was <> from_state",
        ),
        (
            "I-18",
            "SELECT id FROM assignment WHERE state <> 'declined' AND answered_at >= deadline_at",
        ),
    ],
)
def test_road_holds_the_rule_at_its_end(road, rule, query):
    assert found(query) == [], rule


def test_road_people_who_said_no_or_nothing_gave_their_places_to_others(road):
    states = Counter(db.session.scalars(select(Assignment.state).where(WAS_OFFERED)))
    assert states["declined"] == states["lapsed"] == 3
    assert states.total() > road.n_first_offers
    assert not states.keys() & {"offered", "accepted", "confirmed", "started"}
    assert states["completed"] > 20
    assert states["did_not_start"] >= 1


def test_road_nobody_started_before_all_had_signed(road):
    started = count(Assignment, Assignment.state == "completed")
    assert (
        found(
            "SELECT a.id FROM assignment a WHERE a.state = 'completed' AND NOT EXISTS "
            "(SELECT 1 FROM agreement g JOIN signature s ON s.agreement_id = g.id "
            "WHERE g.assignment_id = a.id AND s.party = 'young_person')"
        )
        == []
    )
    assert count(Checkpoint, Checkpoint.kind == "START") == started


def test_I40_road_each_question_is_asked_once_on_its_day(road):
    assert (
        found(
            "SELECT assignment_id, application_id FROM checkpoint"
            " GROUP BY assignment_id, application_id, kind HAVING count(*) > 1"
        )
        == []
    )
    waiting = set(
        db.session.scalars(select(Checkpoint.kind).where(Checkpoint.state == "scheduled"))
    )
    assert waiting <= {"M12"}


def test_I39_road_the_funnel_counts_what_happened_and_shows_who_is_not_known(road):
    stages = {stage.name: stage for stage in list_funnel(road.operator, road.round_id)}
    completed = set(
        db.session.scalars(select(Assignment.candidate_id).where(Assignment.state == "completed"))
    )
    silent = {person for person in completed if person % 5 == 0}
    in_work = {person for person in completed - silent if person % 2}
    assert set(stages["completed"].ids) == completed
    assert set(stages["destination"].ids) == set(stages["sustained"].ids) == in_work
    assert set(stages["sustained"].unknown_ids) == silent
    people = [stages[name].n for name in ("matched", "accepted", "started", "completed")]
    assert people == sorted(people, reverse=True)
    everyone = count(Assignment, Assignment.state.in_(("completed", "did_not_start")))
    assert stages["accepted"].n == everyone + count(
        Assignment, Assignment.state == "cancelled_by_candidate"
    )
    print({name: stage.n for name, stage in stages.items()})
