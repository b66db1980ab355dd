"""Files in: the whole road from two files to offers, and every way a row can be wrong."""

import csv
import io
import random
import resource
import time
from datetime import UTC, datetime

import pytest
from factories.records import make_account, make_provider, make_region
from sqlalchemy import func, select

from placements.domain.csv_rows import FileFault
from placements.domain.errors import NotAllowed
from placements.domain.import_columns import APPLICATION_COLUMNS, PLACEMENT_COLUMNS
from placements.domain.permissions import SYSTEM, Actor
from placements.domain.vocabulary import Role
from placements.extensions import db
from placements.models.audit import Event, History
from placements.models.candidates import Application, Candidate
from placements.models.employers import Employer, Site
from placements.models.operations import ImportRun
from placements.models.placements import Placement
from placements.services import (
    employers,
    imports,
    placements,
    publishing,
    rounds,
    solving,
)
from placements.services.funnel import list_funnel
from placements.services.transactions import act
from placements.settings import ROOT

FOLDER = ROOT / "config/regions/west_midlands"
DATA = ROOT / "tests/data/west_midlands"
PLACEMENTS = (DATA / "placements.csv").read_bytes()
APPLICATIONS = (DATA / "applications.csv").read_bytes()
BOTH = pytest.mark.parametrize(
    ("kind", "sent"), [("placements", PLACEMENTS), ("applications", APPLICATIONS)]
)
DATES = tuple(datetime(2026, 12, day, 10, tzinfo=UTC) for day in (1, 8, 15))
TABLES = (Application, Candidate, Employer, Site, Placement, ImportRun, History, Event)
SEED = 20261124
HOSTILE = "=cmd!A0|'; DROP TABLE account; --|{{7*7}}|<script>alert(1)</script>|\u202egnp.exe|NaN"
HOSTILE += "|-1|1e309|../../etc|%s%n|00/00/0000|9999999999|null|@SUM(1)"


@act
def make_staff():
    region = make_region(code="west_midlands")
    accounts = [make_account().id for _ in range(2)]
    provider = make_provider(region)
    return (
        Actor(Role.OPERATOR, accounts[0], region_id=region.id),
        Actor(Role.APPROVER, accounts[1], region_id=region.id),
        Actor(Role.PROVIDER, accounts[1], provider.id, region_id=region.id),
    )


@pytest.fixture
def staff(app, clock_file):
    clock_file.write_text("2026-11-24T10:00:00+00:00")
    with app.app_context():
        yield (*make_staff(), clock_file)


@pytest.fixture
def operator(staff):
    return staff[0]


def take_in(actor, kind, sent, **how):
    return imports.import_file(actor, FOLDER, kind, sent, **how)


def counts():
    return [db.session.scalar(select(func.count()).select_from(table)) for table in TABLES]


def write(columns, *changes):
    """A file of as many rows as `changes`, each the example row with some cells changed."""
    out = io.StringIO()
    writer = csv.DictWriter(out, [column.name for column in columns])
    writer.writeheader()
    for n, change in enumerate(changes, 1):
        example = {column.name: column.example for column in columns}
        example |= {"reference": f"R-{n:05}", "name": f"Invented Person {n}"}
        writer.writerow({k: v for k, v in (example | change).items() if k in writer.fieldnames})
    return out.getvalue().encode()


def people(*changes):
    return write(APPLICATION_COLUMNS, *changes)


def places(*changes):
    return write(PLACEMENT_COLUMNS, *changes)


def test_two_files_go_the_whole_road_to_offers_and_the_funnel(staff):
    operator, approver, _, clock_file = staff
    placed = take_in(operator, "placements", PLACEMENTS)
    entered = take_in(operator, "applications", APPLICATIONS)
    assert (placed.n_new, placed.bad, entered.n_new, entered.bad) == (25, [], 60, [])
    for employer in db.session.scalars(select(Employer)).all():
        employers.verify_employer(operator, employer.id)
    for placement in placements.list_placements(operator, ["submitted"]):
        placements.approve_placement(operator, placement.id)
    round_id = rounds.create_round(operator, "Winter", DATES, seed=SEED)
    rounds.open_round(operator, round_id)
    seal = rounds.lock_round(operator, round_id)
    assert solving.solve_round(operator, round_id) is not None
    plan_hash = rounds.get_round(approver, round_id).plan_hash
    rounds.approve_round(approver, round_id, plan_hash, seal)
    clock_file.write_text(DATES[2].isoformat())
    offered, skipped = publishing.publish_round(SYSTEM, round_id)
    numbers = {stage.name: stage.n for stage in list_funnel(operator)}
    assert offered > 30
    assert (skipped, numbers["matched"]) == (0, offered)


@BOTH
def test_import_file_a_second_time_changes_nothing(operator, kind, sent):
    first = take_in(operator, kind, sent)
    before = counts()
    second = take_in(operator, kind, sent)
    assert (second.n_new, second.n_same, second.bad) == (0, first.n_new, [])
    assert [now - then for now, then in zip(counts(), before, strict=True)] == [
        int(table is ImportRun) for table in TABLES
    ]


@BOTH
def test_import_file_as_a_dry_run_keeps_nothing(operator, kind, sent):
    before = counts()
    assert take_in(operator, kind, sent, dry_run=True).n_new > 0
    assert counts() == before


@pytest.mark.parametrize(
    ("change", "column"),
    [
        ({"reference": ""}, "reference"),
        ({"reference": "a b"}, "reference"),
        ({"reference": "x" * 21}, "reference"),
        ({"name": ""}, "name"),
        ({"name": "x" * 201}, "name"),
        ({"date_of_birth": "31/02/2008"}, "date_of_birth"),
        ({"date_of_birth": "1990-01-01"}, "date_of_birth"),
        ({"date_of_birth": "2013-01-01"}, "date_of_birth"),
        ({"email": "nobody"}, "email"),
        ({"email": "", "mobile": ""}, "email"),
        ({"mobile": "12"}, "mobile"),
        ({"postcode": "WALSALL"}, "postcode"),
        ({"postcode": "ZZ1 1ZZ"}, "postcode"),
        ({"postcode": "TR1 1EB"}, "postcode"),
        ({"right_to_work": "no"}, "right_to_work"),
        ({"right_to_work": "perhaps"}, "right_to_work"),
        ({"consent": "no"}, "consent"),
        ({"modes": "hovercraft"}, "modes"),
        ({"max_minutes": "181"}, "max_minutes"),
        ({"max_minutes": "4"}, "max_minutes"),
        ({"max_minutes": "an hour"}, "max_minutes"),
        ({"mon": "morning"}, "mon"),
        ({"tue": "25:00-26:00"}, "tue"),
        ({"start_from": "soon"}, "start_from"),
        ({"sectors": "piracy"}, "sectors"),
        ({"priority": "friends"}, "priority"),
        ({"choice_1": "PL-1", "choice_2": "PL-1"}, "choice_1"),
        ({"access_needs": "=HYPERLINK(1)"}, "access_needs"),
        ({"access_needs": "x" * 5001}, "access_needs"),
    ],
)
def test_import_of_a_bad_application_names_line_column_and_fix(operator, change, column):
    result = take_in(operator, "applications", people({}, change, {}))
    assert (result.n_new, len(result.bad)) == (2, 1)
    first = result.problems[0]
    assert (first.line, first.column) == (3, column)
    assert first.fix
    assert first.sent == change.get(column, "")[:80]


@pytest.mark.parametrize(
    ("change", "column"),
    [
        ({"employer": ""}, "employer"),
        ({"employer_email": "priya"}, "employer_email"),
        ({"site_postcode": "DY4"}, "site_postcode"),
        ({"insurance_expires": "2020-01-01", "site_name": "Old Works"}, "insurance_expires"),
        ({"risk_assessed": "2030-01-01", "site_name": "New Works"}, "risk_assessed"),
        ({"sector": "piracy"}, "sector"),
        ({"start_to": "2026-01-01"}, "start_to"),
        ({"weeks": "0"}, "weeks"),
        ({"weeks": "53"}, "weeks"),
        (dict.fromkeys(("mon", "tue", "wed", "thu", "fri"), ""), "mon"),
        ({"mon": "09:00-23:30"}, "mon"),
        ({"sat": "09:00-16:30", "sun": "09:00-16:30"}, "mon"),
        ({"likely": "0"}, "likely"),
        ({"sure_of": "3"}, "likely"),
        ({"most": "1"}, "likely"),
        ({"min_age": "15"}, "min_age"),
        ({"needs": "enhanced_dbs"}, "dbs_reason"),
        ({"supervisor_name": ""}, "supervisor_name"),
    ],
)
def test_import_of_a_bad_placement_names_line_column_and_fix(operator, change, column):
    result = take_in(operator, "placements", places({}, change, {}))
    assert (result.n_new, len(result.bad)) == (2, 1)
    assert (result.problems[0].line, result.problems[0].column) == (3, column)


def test_import_file_with_a_refused_row_leaves_nothing_of_it(operator):
    refused = people({"consent": "no", "provider": "Nowhere Centre (invented)"})
    result = take_in(operator, "applications", refused)
    assert len(result.bad) == 1
    assert counts() == [0, 0, 0, 0, 0, 1, 0, 0]


def test_import_file_with_a_reference_twice_keeps_the_first(operator):
    result = take_in(operator, "applications", people({"reference": "R-1"}, {"reference": "R-1"}))
    assert result.n_new == 1
    assert "line 2 too" in result.problems[0].fix


def test_import_of_a_person_already_here_under_another_reference_is_refused(operator):
    take_in(operator, "applications", people({"reference": "R-1", "name": "Zoë Example"}))
    again = people(
        {"reference": "R-2", "name": "zoe\u0308 example".upper()},
        {"reference": "R-3", "name": "ZOË EXAMPLE"},
    )
    result = take_in(operator, "applications", again)
    assert [p.column for p in result.problems][-1] == "name"


def test_import_of_a_known_reference_with_other_facts_is_refused(operator):
    take_in(operator, "applications", people({"max_minutes": "60"}))
    result = take_in(operator, "applications", people({"max_minutes": "45"}))
    assert [(p.line, p.column) for p in result.problems] == [(2, "max_minutes")]


def test_I36_provider_can_send_only_its_own_people(staff):
    _, _, provider, _ = staff
    result = take_in(provider, "applications", people({}, {"provider": ""}))
    assert (result.n_new, result.problems[0].column) == (1, "provider")
    with pytest.raises(NotAllowed):
        take_in(provider, "placements", PLACEMENTS)


def test_fixed_rows_sent_in_again_are_kept(operator):
    result = take_in(operator, "applications", people({}, {"postcode": "WALSALL"}))
    fixes = imports.write_fix_file("applications", result)
    assert "Write a full UK postcode" in fixes
    again = take_in(operator, "applications", fixes.replace("WALSALL", "WS1 1TP").encode())
    assert (again.n_new, again.bad) == (1, [])


@pytest.mark.parametrize("kind", ["applications", "placements"])
def test_template_can_be_sent_in_as_it_is(operator, kind):
    result = take_in(operator, kind, imports.write_template(kind).encode())
    assert (result.n_new, result.bad) == (1, [])


def test_import_file_that_is_no_file_keeps_nothing(operator):
    before = counts()
    with pytest.raises(FileFault):
        take_in(operator, "applications", b"PK\x03\x04")
    assert counts() == before


def test_import_of_two_hundred_hostile_rows_keeps_none_and_answers_each(operator):
    print(f"seed {SEED}")
    dice = random.Random(SEED)
    nasty = [*HOSTILE.split("|"), "x" * 6000, "\r\nBcc: all@mail.example", "\U0001f642" * 300]
    broken = ("reference", "date_of_birth", "postcode", "start_from", "consent", "max_minutes")
    rows = []
    for n in range(220):
        change = {dice.choice(broken[1:5]): dice.choice(nasty)}
        if n % 4 == 0:
            change |= {"email": dice.choice(nasty), "name": dice.choice(nasty)}
        rows.append(change)
    result = take_in(operator, "applications", people(*rows))
    assert (result.n_new, len(result.bad)) == (0, 220)
    assert all(problems and all(p.fix for p in problems) for _, problems in result.bad)
    assert counts()[0] == 0
    reread = list(csv.reader(io.StringIO(imports.write_fix_file("applications", result))))
    assert len(reread) == 221
    assert not any(cell.startswith(("=", "+", "-", "@")) for row in reread for cell in row)


def test_import_of_two_thousand_rows_keeps_all_and_says_what_it_took(operator):
    sent = people(*({"email": f"invented{n}@mail.example"} for n in range(2000)))
    began, before = time.monotonic(), resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    tried = take_in(operator, "applications", sent, dry_run=True)
    assert (tried.n_new, counts()[0]) == (2000, 0)
    result = take_in(operator, "applications", sent)
    assert (result.n_new, result.bad, counts()[0]) == (2000, [], 2000)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    print(f"2 x 2,000 rows: {time.monotonic() - began:.1f} s, peak {peak // 1024} MB")
    print(f"of which {(peak - before) // 1024} MB are new")
