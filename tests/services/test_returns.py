"""Returns: derived by the mapping files, reported in full, and the same bytes for a past day."""

import json
import os
from datetime import date, datetime

import pytest
from factories.returned import PEOPLE, SINCE, make_world
from sqlalchemy import select

from placements.domain.errors import Invalid, NotAllowed
from placements.domain.returns import load_mapping
from placements.domain.vocabulary import OutcomeKind
from placements.extensions import db
from placements.models.outcomes import Checkpoint
from placements.services import outcomes, returns
from placements.services.outcomes import Answer
from placements.settings import ROOT

FOLDER = ROOT / "config/returns"
GOLDEN = ROOT / "tests/data/returns"
DATES = (date(2026, 8, 15), date(2026, 10, 31), date(2027, 1, 31))
K = OutcomeKind
SAID = {
    ("2026-08-01", "W4"): {
        "A-job": Answer(K.JOB, SINCE, hours_per_week=37, training="none", evidence="Payslip"),
        "A-hours": Answer(K.JOB),
        "A-app": Answer(K.APP, SINCE, hours_per_week=30),
        "A-study": Answer(K.EDU_FT, SINCE, scheme="further education"),
        "A-found": Answer(K.NEET_SEEK),
        "A-soon": Answer(K.START_AGREED, date(2026, 9, 1)),
        "A-refused": Answer(K.REFUSED),
        "A-other": Answer(K.OTHER),
        "A-nineteen": Answer(K.SELF, SINCE, hours_per_week=20),
        "A-carer": Answer(K.NEET_UNAVAILABLE, reason="carer"),
        "A-no-birthday": Answer(K.VOL, SINCE),
    },
    ("2026-10-05", "M3"): {
        "A-job": Answer(K.JOB, SINCE, hours_per_week=37, training="none"),
        "A-hours": Answer(K.JOB, hours_per_week=12, is_temporary=False),
        "A-app": Answer(K.APP, SINCE, hours_per_week=30),
        "A-study": Answer(K.EDU_FT, SINCE),
        "A-found": Answer(K.JOB, date(2026, 8, 10), hours_per_week=30, is_temporary=True),
        "A-soon": Answer(K.TRAIN, date(2026, 9, 1), scheme="supported internship"),
    },
    ("2026-10-20", "W4"): {"A-hours": Answer(K.JOB, SINCE, hours_per_week=12, evidence="Contract")},
    ("2027-01-05", "M6"): {
        "A-job": Answer(K.JOB, SINCE, hours_per_week=37, training="regulated"),
        "A-hours": Answer(K.NEET_SEEK),
        "A-app": Answer(K.NEET_NOTREADY, date(2026, 11, 1)),
        "A-study": Answer(K.EDU_PT, SINCE, scheme="higher education"),
        "A-found": Answer(K.JOB, date(2026, 8, 10), hours_per_week=30),
    },
}


@pytest.fixture
def world(app, clock_file):
    with app.app_context():
        clock_file.write_text("2026-06-01T09:00:00+00:00")
        world = make_world()
        numbers = dict(zip(PEOPLE, range(1, len(PEOPLE) + 1), strict=True))
        for (day, question), said in SAID.items():
            clock_file.write_text(f"{day}T09:00:00+00:00")
            outcomes.fall_due(date.fromisoformat(day))
            for reference, answer in said.items():
                asked = (
                    Checkpoint.kind == question,
                    Checkpoint.assignment_id == numbers[reference],
                )
                found = db.session.scalar(select(Checkpoint.id).where(*asked))
                outcomes.record_outcome(world.provider, found, answer)
        clock_file.write_text("2027-02-10T09:00:00+00:00")
        yield world


def test_returns_equal_their_golden_files_on_three_days(world):
    differ = []
    for name in returns.RETURNS:
        for day in DATES:
            made = returns.make_return(world.operator, FOLDER, name, day)
            files = {".csv": made.write(), ".report.json": made.describe()}
            for ending, text in files.items():
                path = GOLDEN / f"{name}-{day}{ending}"
                if os.environ.get("WRITE_GOLDEN_FILES"):
                    path.write_bytes(text.encode())
                if path.read_bytes() != text.encode():
                    differ.append(path.name)
    assert differ == []


def test_a_return_of_a_past_day_is_the_same_bytes_after_more_is_known(world):
    before = returns.make_return(world.operator, FOLDER, "ilr", DATES[1])
    asked = (Checkpoint.kind == "M3", Checkpoint.assignment_id == 1)
    m3 = db.session.scalar(select(Checkpoint.id).where(*asked))
    outcomes.record_outcome(world.provider, m3, Answer(K.NEET_SEEK))
    again = returns.make_return(world.operator, FOLDER, "ilr", DATES[1])
    assert (again.write(), again.describe()) == (before.write(), before.describe())
    now = returns.make_return(world.operator, FOLDER, "ilr", date(2027, 2, 10))
    changed = [line for line in now.lines if line["code"] == "NPE1" and line["question"] == "M3"]
    assert [line["reference"] for line in changed] == ["A-job"]


def test_compare_returns_tells_what_was_added_and_changed(world):
    first, second = (returns.make_return(world.operator, FOLDER, "nccis", d) for d in DATES[:2])
    rows = returns.compare_returns(second, first).splitlines()
    assert rows[0] == "change,reference,was,now"
    assert "changed,A-found,619,350" in rows
    assert not any("A-refused" in row for row in rows)
    answers = [returns.make_return(world.operator, FOLDER, "ilr", d) for d in DATES[:2]]
    added = returns.compare_returns(*reversed(answers)).splitlines()
    assert "added,A-hours,P-1,W4,,EMP2" in added


def test_every_answer_is_a_line_or_a_remark(world):
    made = returns.make_return(world.operator, FOLDER, "ilr", DATES[2])
    n_answers = sum(len(said) for (day, _), said in SAID.items() if day != "2026-10-20")
    n_told = len(made.lines) + made.n_said_before
    assert n_told + len(made.blocking) + len(made.unmapped) == n_answers
    assert made.n_said_before > 0


def test_a_kind_that_a_return_cannot_say_is_listed(world):
    nccis = returns.make_return(world.operator, FOLDER, "nccis", DATES[0])
    assert [remark.reference for remark in nccis.unmapped] == ["A-other"]
    ilr = returns.make_return(world.operator, FOLDER, "ilr", DATES[0])
    assert [remark.reference for remark in ilr.blocking] == ["A-hours"]
    assert [remark.reference for remark in ilr.unmapped] == ["A-soon"]


def test_a_return_is_about_those_of_its_ages(world):
    made = returns.make_return(world.operator, FOLDER, "nccis", DATES[0])
    codes = {line["reference"]: line["code"] for line in made.lines}
    assert "A-nineteen" not in codes
    assert (codes["A-carer"], codes["A-silent"], codes["A-there"]) == ("620", "810", "540")
    assert [remark.reference for remark in made.blocking] == ["A-no-birthday"]


def test_I36_a_return_of_a_provider_holds_its_own_people_alone(world):
    own = returns.make_return(world.provider, FOLDER, "funder", DATES[0])
    assert len(own.lines) + len(own.unmapped) == len(PEOPLE)
    assert returns.make_return(world.other, FOLDER, "funder", DATES[0]).lines == []
    with pytest.raises(NotAllowed):
        returns.make_return(world.employer, FOLDER, "funder", DATES[0])


def test_a_return_of_a_day_to_come_is_refused(world):
    with pytest.raises(Invalid, match="not come"):
        returns.make_return(world.operator, FOLDER, "ilr", date(2027, 2, 11))


def test_report_names_its_mapping_and_its_file(world):
    made = returns.make_return(world.operator, FOLDER, "sustained", DATES[2])
    told = json.loads(made.describe())
    assert (told["return"], told["as_known_on"]) == ("sustained", "2027-01-31")
    assert told["mapping_sha256"] == load_mapping(FOLDER, "sustained").sha256
    assert sum(told["codes"].values()) == told["lines"] == len(made.lines)


@pytest.mark.parametrize("name", returns.RETURNS)
def test_mapping_files_can_be_read_and_use_known_kinds(name):
    mapping = load_mapping(FOLDER, name)
    assert mapping.name == name
    assert len({rule.when.model_dump_json() for rule in mapping.rules}) == len(mapping.rules)


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ('name = "bad"', "version"),
        ("[[", "bad-1.toml"),
        ("KIND", "no kind of outcome"),
        ("BOTH", "a rule gives a code"),
    ],
)
def test_a_mapping_file_at_fault_is_named(tmp_path, text, fault):
    good = (FOLDER / "ilr-2021.toml").read_text()
    planted = {
        "KIND": good.replace('kind = "GAP"', 'kind = "GAPS"'),
        "BOTH": good.replace('code = "GAP1"', 'code = "GAP1"\nblocking = "x"'),
    }
    (tmp_path / "bad-1.toml").write_text(planted.get(text, text))
    with pytest.raises(ValueError, match=fault):
        load_mapping(tmp_path, "bad")


def test_a_day_is_over_at_midnight_in_london(world):
    made = returns.make_return(world.operator, FOLDER, "ilr", date(2026, 7, 31))
    assert made.lines == []
    assert datetime.fromisoformat("2026-08-01T09:00:00+00:00").date() == date(2026, 8, 1)
