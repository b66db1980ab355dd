"""Many answers at once: a table in one save, a file of good and bad rows, two sides kept."""

import csv
import io
from datetime import date
from types import SimpleNamespace

import pytest
from factories.records import (
    make_account,
    make_application,
    make_assignment,
    make_candidate,
    make_employer,
    make_placement,
    make_provider,
    make_region,
    make_site,
)
from factories.steps import COMPLETED
from sqlalchemy import func, select

from placements.domain.csv_rows import FileFault
from placements.domain.errors import GuardRefused, NotAllowed
from placements.domain.import_columns import OUTCOME_COLUMNS
from placements.domain.permissions import Actor
from placements.domain.vocabulary import OutcomeKind, Role, Source
from placements.extensions import db
from placements.models.audit import Event
from placements.models.operations import Message
from placements.models.outcomes import Checkpoint, Outcome
from placements.services import imports, outcomes, timeline
from placements.services.invariants import verifying
from placements.services.outcome_batches import Said, keep_answers, record_table
from placements.services.outcome_list import list_sides
from placements.services.outcomes import Answer
from placements.services.transactions import act
from placements.settings import ROOT

FOLDER = ROOT / "config/regions/west_midlands"
ENDED = date(2026, 6, 30)
JOB = Answer(OutcomeKind.JOB, date(2026, 7, 6), hours_per_week=30)
SEEK = Answer(OutcomeKind.NEET_SEEK)


@act
def make_world(n):
    region = make_region(code="west_midlands")
    site, provider = make_site(make_employer(region)), make_provider(region)
    other = make_provider(region)
    placement = make_placement(site, n)
    people = []
    for i in range(n):
        account = make_account()
        candidate = make_candidate(account_id=account.id, email=account.email)
        mine = provider if i else other
        application = make_application(candidate, mine, reference=f"A-{i}")
        assignment = make_assignment(application, placement, *COMPLETED, end_on=ENDED)
        outcomes.add_end_checkpoints(assignment, ENDED)
        people.append(Actor(Role.YOUNG_PERSON, account.id, candidate_id=candidate.id))
    staff = make_account()
    return SimpleNamespace(
        people=people,
        provider=Actor(Role.PROVIDER, make_account().id, provider.id),
        operator=Actor(Role.OPERATOR, staff.id, region_id=region.id),
    )


@pytest.fixture
def world(app, request, clock_file):
    clock_file.write_text("2026-08-03T09:00:00+00:00")
    with app.app_context():
        world = make_world(getattr(request, "param", 12))
        outcomes.fall_due(date(2026, 8, 3))
        yield world


def ask(question, n):
    wanted = (Checkpoint.kind == question, Checkpoint.assignment_id == n + 1)
    return db.session.scalar(select(Checkpoint).where(*wanted))


def count(table, *where):
    return db.session.scalar(select(func.count()).select_from(table).where(*where))


def write(*rows):
    out = io.StringIO()
    writer = csv.DictWriter(out, [column.name for column in OUTCOME_COLUMNS])
    writer.writeheader()
    writer.writerows({"question": "W4", "kind": "JOB", **row} for row in rows)
    return out.getvalue().encode()


def take_in(actor, *rows, **how):
    return imports.import_file(actor, FOLDER, "outcomes", write(*rows), **how)


@pytest.mark.parametrize("world", [41], indirect=True)
def test_record_table_keeps_forty_answers_in_one_save(world):
    answers = {ask("W4", n).id: JOB if n % 2 else SEEK for n in range(1, 41)}
    assert record_table(world.provider, answers) == {}
    kinds = set(db.session.execute(select(Outcome.kind, Outcome.source)))
    assert kinds == {("JOB", "provider"), ("NEET_SEEK", "provider")}
    assert count(Outcome) == count(Checkpoint, Checkpoint.state == "recorded") == 40
    assert count(Event, Event.action == "record") == 40
    assert count(Message, Message.template == "outcome_recorded") == 40
    assert record_table(world.provider, answers) == {}
    assert count(Outcome) == 40


def test_record_table_with_one_bad_row_keeps_none_and_names_it(world):
    bad = ask("W4", 2).id
    answers = {ask("W4", 1).id: JOB, bad: Answer(OutcomeKind.JOB, hours_per_week=200)}
    assert record_table(world.provider, answers) == {
        bad: "Hours a week must be more than 0 and at most 100."
    }
    assert count(Outcome) == 0


def test_record_table_with_a_question_not_asked_yet_says_its_day(world):
    early = ask("M3", 1).id
    assert "30 September 2026" in record_table(world.provider, {early: JOB})[early]


def test_I36_record_table_keeps_nothing_of_another_provider(world):
    foreign = ask("W4", 0).id
    refused = record_table(world.provider, {foreign: JOB, ask("W4", 1).id: JOB})
    assert list(refused) == [foreign]
    assert count(Outcome) == 0
    with pytest.raises(GuardRefused):
        record_table(world.operator, {})


def test_import_of_outcomes_keeps_good_rows_and_names_bad_ones(world):
    result = take_in(
        world.provider,
        {"reference": "A-1", "since": "2026-07-06", "hours": "30", "evidence": "Payslip"},
        {"reference": "A-0"},
        {"reference": "A-2", "question": "M3"},
        {"reference": "A-3", "question": "BEFORE"},
        {"reference": "A-4", "kind": "SLEEPING"},
        {"reference": "A-5", "hours": "many"},
        {"reference": "A-6", "since": "2027-01-01"},
        {"reference": "A-7", "since": "2026-08-01", "until": "2026-07-01"},
        {"reference": "A-8", "training": "some"},
        {"reference": "A-1", "kind": "VOL"},
        {"reference": "A-9", "kind": "uncontactable"},
        {"reference": "A-10", "kind": "refused"},
    )
    assert (result.n_new, result.n_same) == (2, 0)
    assert [(p.line, p.column) for p in result.problems] == [
        (3, "reference"),
        (4, "reference"),
        (5, "question"),
        (6, "kind"),
        (7, "hours"),
        (8, "since"),
        (9, "until"),
        (10, "training"),
        (11, "reference"),
        (12, "kind"),
    ]
    assert (ask("W4", 1).state, ask("W4", 10).state) == ("evidenced", "refused")
    assert outcomes.find_standing_outcome(ask("W4", 1)).evidence_level == "document"


def test_import_of_outcomes_a_second_time_changes_nothing(world):
    row = {"reference": "A-1", "since": "2026-07-06", "hours": "30"}
    assert take_in(world.provider, row).n_new == 1
    again = take_in(world.provider, row)
    assert (again.n_new, again.n_same, again.bad) == (0, 1, [])
    assert count(Outcome) == 1


def test_import_of_outcomes_as_a_dry_run_keeps_nothing(world):
    assert take_in(world.provider, {"reference": "A-1"}, dry_run=True).n_new == 1
    assert count(Outcome) == 0


def test_matched_data_supersedes_and_weaker_words_are_kept_beside(world):
    outcomes.record_outcome(world.people[1], ask("W4", 1).id, SEEK)
    matched = take_in(world.operator, {"reference": "A-1", "since": "2026-07-06"})
    assert matched.n_new == 1
    weaker = take_in(world.provider, {"reference": "A-1", "kind": "VOL"})
    assert weaker.n_new == 1
    again = take_in(world.provider, {"reference": "A-1", "kind": "VOL"})
    assert (again.n_new, again.n_same) == (0, 1)
    sides = list_sides(world.operator, ask("W4", 1).id)
    assert [(side.kind, side.source, side.stands) for side in sides] == [
        ("NEET_SEEK", "self", False),
        ("JOB", "matched data", True),
        ("VOL", "provider", False),
    ]
    assert outcomes.find_standing_outcome(ask("W4", 1)).kind == "JOB"
    assert ask("W4", 1).state == "evidenced"
    report = verifying.run_checks({"I-40": verifying.ALL["I-40"]})
    assert (report.violations, report.unchecked) == ((), ())


def test_what_is_kept_beside_is_on_the_timeline_and_not_to_dispute(world):
    outcomes.record_outcome(
        world.provider, ask("W4", 1).id, Answer(OutcomeKind.JOB, evidence="Payslip")
    )

    @act
    def say_otherwise():
        employer = Actor(Role.EMPLOYER, world.people[2].account_id, 1)
        keep_answers(employer, [Said(ask("W4", 1), SEEK, Source.EMPLOYER)])

    say_otherwise()
    lines = timeline.list_timeline(world.people[1])
    assert "told us otherwise" in lines[0].words
    told = next(line for line in lines if "you have a job" in line.words)
    assert told.wrong_id == ask("W4", 1).id


def test_import_of_outcomes_by_an_employer_is_refused(world):
    with pytest.raises(NotAllowed):
        take_in(Actor(Role.EMPLOYER, 1, 1), {"reference": "A-1"})


def test_import_of_outcomes_without_its_columns_keeps_nothing(world):
    for header, words in ((b"name", "no column names"), (b"reference", "missing: question, kind")):
        with pytest.raises(FileFault, match=words):
            imports.import_file(world.provider, FOLDER, "outcomes", header + b"\nx\n")
    assert count(Outcome) == 0


def test_template_of_outcomes_names_every_column():
    header, example = imports.write_template("outcomes").splitlines()
    assert header.split(",") == [column.name for column in OUTCOME_COLUMNS]
    assert example.startswith("A-000001,W4,JOB,")
