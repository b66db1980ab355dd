"""The invented region: seeded with a lived history, opened at today, and never half there."""

import csv
import io
import json
import os
import re
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise

import pytest
from click.testing import CliRunner
from factories.attacks import attack, read_shown
from sqlalchemy import func, select, text
from web.visitor import Visitor

from placements import cli_outcomes, clock, create_app, scheduler
from placements.domain.disclosure import Cell
from placements.domain.errors import NotFound
from placements.domain.figures import list_tables, name_table
from placements.domain.funnel import JUDGED_STAGES
from placements.domain.measures import MEASURES
from placements.domain.permissions import Actor
from placements.domain.vocabulary import Role
from placements.extensions import db
from placements.models.accounts import Account, AuthorityMember
from placements.models.assignments import Agreement, Assignment, Signature
from placements.models.audit import Event
from placements.models.candidates import Application
from placements.models.operations import Message
from placements.models.outcomes import Checkpoint, Outcome
from placements.models.placements import Placement
from placements.models.rounds import Plan, PlanRow, Round
from placements.services import (
    accounts,
    assignments,
    hats,
    lost_places,
    open_data,
    past_what_if,
    plans,
    returns,
)
from placements.services.demo import page as demo_page
from placements.services.demo import personas
from placements.services.demo import rounds as demo_rounds
from placements.services.demo.seed import Sizes
from placements.services.events import FIRST_HASH
from placements.services.funnel import list_funnel
from placements.services.invariants import verifying
from placements.settings import ROOT, load_settings

NOW = datetime(2026, 11, 25, 12, tzinfo=UTC)
SIZES = Sizes(seed=7, n_people=240, n_placements=30)
REFERENCE = re.compile(r"\bH?AP-\d{5}\b")
HELD = "('offered','accepted','confirmed','started','completed')"
LIVE = "('offered','accepted','confirmed','started')"


@pytest.fixture(scope="module")
def made(make_database, west_midlands):
    """The demo as it stands when it is first opened."""
    settings = {"PLACEMENTS_ENV": "test", "DATABASE_URL": make_database()}
    app = create_app(load_settings(settings))
    with app.app_context():
        with clock.held_at(NOW):
            assert demo_rounds.make_demo(*west_midlands, SIZES, scheduler.run_due)
            yield app
        db.session.remove()
        db.engine.dispose()


def count(table, *where):
    return db.session.scalar(select(func.count()).select_from(table).where(*where))


def rows(query):
    return db.session.execute(text(query)).all()


def states(table):
    found = db.session.execute(select(table.state, func.count()).group_by(table.state))
    return dict(tuple(row) for row in found)


def test_make_demo_stands_with_a_round_final_settling_open_and_proposed(made):
    kept = {round_.state: round_ for round_ in db.session.scalars(select(Round))}
    assert set(kept) == {"final", "settling", "open", "proposed"}
    assert kept["settling"].release_at.date() == NOW.date()
    assert (kept["open"].locks_at.date() - NOW.date()).days == 6
    assert kept["settling"].approved_by == kept["final"].approved_by is not None
    assert kept["settling"].locked_by is None
    assert states(Assignment)["offered"] > 10
    assert states(Placement)["submitted"] == 4
    assert states(Placement)["live"] > 0


@pytest.mark.parametrize(
    ("now", "day"),
    [
        (datetime(2026, 11, 25, 10, 59, tzinfo=UTC), 24),
        (datetime(2026, 11, 25, 11, 0, tzinfo=UTC), 25),
        (datetime(2026, 11, 30, 9, 0, tzinfo=UTC), 27),
    ],
)
def test_the_results_of_the_demo_are_out_long_enough_for_its_next_plan(west_midlands, now, day):
    released_at = demo_rounds._last_release(west_midlands[0].calendar, now)
    assert released_at == datetime(2026, 11, day, 10, tzinfo=UTC)


def test_make_demo_a_second_time_changes_nothing(made, west_midlands):
    before = count(Event)
    assert not demo_rounds.make_demo(*west_midlands, SIZES, scheduler.run_due)
    assert count(Event) == before


def test_make_demo_has_people_who_started_finished_and_did_not(made):
    final = select(Round.id).where(Round.state == "final").scalar_subquery()
    found = set(db.session.scalars(select(Assignment.state).where(Assignment.round_id == final)))
    assert "completed" in found
    assert found & {"declined", "lapsed"}
    assert not found & {"offered", "accepted", "confirmed", "started"}
    completed = count(Assignment, Assignment.state == "completed")
    assert count(Agreement) >= completed
    assert count(Signature) >= 2 * completed


def test_make_demo_funnel_reaches_sustained_with_what_is_not_known(made):
    operator = Actor(Role.OPERATOR, region_id=1)
    final = db.session.scalar(select(Round.id).where(Round.state == "final"))
    stages = {stage.name: stage for stage in list_funnel(operator, final)}
    shown = [stages[name].n for name in ("matched", "accepted", "started", "completed")]
    assert shown == sorted(shown, reverse=True)
    assert stages["completed"].n >= stages["destination"].n >= stages["sustained"].n > 0
    assert stages["sustained"].unknown_ids


def test_made_demo_people_said_what_they_did_before_and_nobody_was_written_to(made):
    said = (Checkpoint.kind == "BASE", Checkpoint.state.in_(("recorded", "refused")))
    n_said, n_people = count(Checkpoint, *said), count(Application)
    assert 0.8 * n_people < n_said < n_people
    told = select(Outcome.source).join(Checkpoint).where(*said).distinct()
    assert set(db.session.scalars(told)) == {"provider", "self"}
    about = select(Checkpoint.id).where(Checkpoint.kind == "BASE")
    told = (Message.subject_kind == "checkpoint", Message.subject_id.in_(about))
    assert count(Message, *told) == 0
    assert count(Checkpoint, Checkpoint.kind == "BASE", Checkpoint.state == "due") == 0


def test_made_demo_published_figures_withstand_the_attack(made):
    operator = Actor(Role.OPERATOR, region_id=1)
    cells = open_data.count_published(operator).cells()
    files = open_data.write_files(open_data.publish_figures(operator))
    shown = read_shown(json.loads(files["figures.json"]))
    assert all(n == len(cells[cell]) for cell, n in shown.items())
    assert shown[Cell("whole", "The whole region", "matched")] > 0
    rounds = [one["name"] for one in json.loads(files["figures.json"])["rounds"]]
    assert len(rounds) == 2
    for name in rounds:
        assert {f"{by} in {name}" for by in ("whole", "age", "sector_and_district")} <= {
            cell.table for cell in cells
        }
    lines = csv.DictReader(io.StringIO(files["figures.csv"]))
    told = {
        Cell(name_table(one["table"], one["round"]), one["row"], one["measure"]): int(one["value"])
        for one in lines
        if one["measure"] in MEASURES and one["value"]
    }
    assert told == shown
    assert attack(cells, cells.keys() - shown.keys()) == []
    assert attack(cells, frozenset()) != []
    print(f"{len(shown)} of {len(cells)} numbers are shown")


def read_ids(people):
    """Return the references of candidates, as the pages list them."""
    rows = select(Application.candidate_id, Application.reference)
    of = dict(db.session.execute(rows.order_by(Application.reference)).all())
    return sorted(of[person] for person in people)


def operator_of(made):
    rows = select(Account.id, Account.email).join(AuthorityMember)
    return db.session.execute(rows.where(AuthorityMember.power == "operator")).first()


def test_made_demo_funnel_is_the_same_by_command_and_by_page_to_the_person(made):
    account_id, email = operator_of(made)
    done = CliRunner().invoke(cli_outcomes.funnel_command, ["--json", "--as", email])
    assert done.exit_code == 0, (done.output, done.exception)
    page = Visitor(made).sign_in(account_id)
    n_people = 0
    for stage in json.loads(done.output):
        shown = [(stage["name"], "", stage["ids"])]
        if stage["name"] in JUDGED_STAGES:
            shown += [(stage["name"], how, stage[f"{how}_ids"]) for how in ("unknown", "early")]
        for name, how, ids in shown:
            if stage["counts"] != "people":
                continue
            listed, number = [], 1
            while rows := REFERENCE.findall(
                page.get(f"/authority/funnel/{name}?show={how}&page={number}").html
            ):
                listed, number = [*listed, *rows], number + 1
            assert sorted(listed) == read_ids(ids), (name, how)
            n_people += len(listed)
    assert n_people > 100
    print(f"{n_people} people of the command are the people of the pages")


def test_made_demo_returns_equal_their_golden_files_and_are_the_same_bytes_again(made):
    operator, differ = Actor(Role.OPERATOR, region_id=1), []
    for day in (date(2026, 3, 31), date(2026, 7, 31), date(2026, 11, 24)):
        for name in returns.RETURNS:
            texts = [
                returns.make_return(operator, ROOT / "config/returns", name, day).write()
                for _ in range(2)
            ]
            path = ROOT / f"tests/data/returns/demo/{name}-{day}.csv"
            if os.environ.get("WRITE_GOLDEN_FILES"):
                path.parent.mkdir(exist_ok=True)
                path.write_bytes(texts[0].encode())
            if {text.encode() for text in texts} != {path.read_bytes()}:
                differ.append(path.name)
    assert differ == []


def test_made_demo_what_if_with_the_past_is_kept_nowhere(made):
    operator = Actor(Role.OPERATOR, operator_of(made)[0], region_id=1)
    round_id = db.session.scalar(select(Round.id).where(Round.state == "proposed"))
    tables = (Plan, PlanRow, Event)
    before = [count(table) for table in tables]
    found = past_what_if.try_kinds(operator, round_id, ["green", "retail"])
    assert [count(table) for table in tables] == before
    in_use = next(plan for plan in plans.list_plans(operator, round_id) if plan.chosen)
    assert (found.in_use.n_placed, found.in_use.n_first) == (in_use.n_placed, in_use.n_first)
    assert found.tried.n_placed == found.in_use.n_placed
    assert found.tried.n_first == found.in_use.n_first
    assert found.tried.n_in_kinds >= found.in_use.n_in_kinds
    assert len(found.tried.gate.groups) == len(found.in_use.gate.groups) > 0


def test_made_demo_shows_no_few_people_on_any_public_page_or_file(made):
    figures = open_data.publish_figures(Actor(Role.OPERATOR, region_id=1))
    allowed = {
        (table.by, of, row.name, column): n
        for of, table in list_tables(figures)
        for row in table.rows
        for column, n in (*row.counts.items(), *row.percents.items())
    }
    page = Visitor(made)
    lines = csv.DictReader(io.StringIO(page.get("/results/figures.csv").html))
    told = {(one["table"], one["round"], one["row"], one["measure"]): one["value"] for one in lines}
    assert told == {key: "" if n is None else str(n) for key, n in allowed.items()}
    year = next(row.name for table in figures.tables if table.by == "year" for row in table.rows)
    staff = Visitor(made).sign_in(operator_of(made)[0])
    released = db.session.scalars(select(Round.id).where(Round.state.in_(("settling", "final"))))
    paths = ["/results", f"/results/year/{year}", *(f"/results/{one}" for one in released)]
    pages = [page.get(path).html for path in paths]
    pages.append(staff.get("/authority/what-works").html)
    assert all(">Office and business</td>" in pages[n] for n in (0, 1, -1))
    for html in pages:
        assert "kept back" in html
        assert re.findall(r'<td[^>]*label="(?!Places)[^>]*>\s*([1-4])\s*</td>', html) == []
    works = csv.DictReader(io.StringIO(staff.get("/authority/what-works.csv").html))
    for one in works:
        for column, measure in (("started", "started"), ("known", "known_sustained")):
            n = allowed[one["what"], "", one["row"], measure]
            assert one[column] == ("" if n is None else str(n))


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
            f"SELECT candidate_id FROM assignment WHERE state IN {LIVE} "
            "GROUP BY candidate_id HAVING count(*) > 1",
        ),
        (
            "I-22",
            "SELECT a.id FROM assignment a JOIN round r ON r.id = a.round_id "
            "WHERE a.offered_at < r.release_at",
        ),
        (
            "I-27",
            "SELECT h.id FROM history h LEFT JOIN event e ON e.seq = h.event_seq "
            "WHERE e.seq IS NULL OR e.record_id <> h.record_id",
        ),
    ],
)
def test_make_demo_holds_the_rules(made, rule, query):
    assert rows(query) == [], rule


def test_make_demo_has_two_people_who_lost_a_place_a_minute_ago(made):
    region_id = db.session.scalar(select(Round.region_id))
    lost = lost_places.list_lost(region_id)
    assert len(lost) == 2
    assert {one.lost_at for one in lost} == {NOW - timedelta(minutes=1)}


def test_make_demo_breaks_no_rule(made):
    report = verifying.verify_invariants()
    assert (report.violations, report.unchecked) == ((), ())


def test_I28_make_demo_leaves_one_chain(made):
    chained = rows("SELECT seq, prev_hash, hash FROM event ORDER BY seq")
    assert [row.seq for row in chained] == list(range(1, len(chained) + 1))
    assert chained[0].prev_hash == FIRST_HASH
    assert all(b.prev_hash == a.hash for a, b in pairwise(chained))


def test_make_demo_leaves_no_message_from_before_the_release_to_send(made):
    released_at = db.session.scalar(select(Round.release_at).where(Round.state == "settling"))
    assert count(Message, Message.state == "queued", Message.send_at < released_at) == 0


def test_make_demo_has_the_same_people_placed_by_the_nearest_place(made):
    found = demo_page.compare_with_nearest("west_midlands")
    assert found.n_people > 100
    placed, first, *_ = found.measures
    assert (placed.better, first.better) != ("nearest", "nearest")
    assert {line.better for line in found.measures} <= {"service", "nearest", "same"}


def test_list_personas_names_one_of_each_role_with_where_they_open(made):
    people = {persona.key: persona for persona in personas.list_personas()}
    assert [p.name.split(" (")[0] for p in people.values()] == [
        "Priya Nair",
        "Marcus Bell",
        "Dawn Ellis",
        "Tomasz Rak",
        "Jayden",
        "Sana",
        people["employer-of-offer"].name.split(" (")[0],
    ]
    with_him = hats.list_hats(people["employer-of-offer"].account_id)[0].actor
    jayden = select(Application.id).where(Application.reference == "AP-00001")
    offered = assignments.list_assignments(with_him, ("offered",))
    assert db.session.scalar(jayden) in [one.application_id for one in offered]
    assert set(people) == set(personas.DOORS)
    assert people["young-person-offer"].opens_at == "/me/offer"
    assert people["young-person-no-place"].what == "Has no place yet"
    assert people["approver"].opens_at.endswith("/approve")
    assert "1 to confirm" in people["employer"].what


def test_open_as_signs_in_as_that_person_alone(made):
    token = personas.open_as("employer")
    account = accounts.find_account(token)
    assert [hat.actor.role for hat in hats.list_hats(account.id)] == [Role.EMPLOYER]
    with pytest.raises(NotFound):
        personas.open_as("nobody")


def test_demo_is_not_there_in_production(made, monkeypatch):
    monkeypatch.setenv("PLACEMENTS_ENV", "production")
    for refused in (personas.list_personas, lambda: personas.open_as("employer")):
        with pytest.raises(NotFound):
            refused()
    with pytest.raises(RuntimeError), clock.held_at(NOW):
        pass
