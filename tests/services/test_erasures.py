"""Erased means gone (I-38): rows, files, free pages; and past figures stay as they were."""

import base64
import json
import urllib.parse
from dataclasses import replace
from datetime import date
from pathlib import Path
from types import SimpleNamespace

import pytest
from conftest import build_app, close
from factories import told_rounds
from factories.personal import live_with_markers
from factories.told_rounds import LOCKS
from sqlalchemy import select, text
from sqlalchemy.engine import make_url

from placements.domain.errors import GuardRefused, NotFound
from placements.domain.permissions import SYSTEM
from placements.extensions import db
from placements.models.accounts import Account
from placements.models.assignments import Assignment
from placements.models.candidates import Application, Attendance, Candidate, EqualityAnswer
from placements.models.placements import Placement
from placements.models.rounds import PlanRow, SnapshotRecord
from placements.services import (
    approvals,
    assignments,
    cascading,
    erasures,
    funnel,
    messages,
    pins,
    plans,
    publishing,
    rounds,
    subject_access,
)
from placements.services.invariants import verifying
from placements.services.transactions import act


@pytest.fixture(scope="module")
def erased(make_database, tmp_path_factory):
    """One region that lived a round, before and after its placed person is erased."""
    tmp_path, app = tmp_path_factory.mktemp("lived"), build_app(make_database())
    with pytest.MonkeyPatch.context() as patch, app.app_context():
        patch.setenv("CLOCK_FILE", str(tmp_path / "clock"))
        world, markers = live_with_markers(app, tmp_path)
        world.settings = replace(world.settings, anchor_folder=tmp_path / "anchors")
        world.markers, world.me = markers, placed(world)
        messages.deliver_due(world.settings)
        world.before = look(world)
        world.answers = {
            p.candidate_id: json.dumps(
                subject_access.answer_access(world.operator, p.candidate_id), ensure_ascii=False
            )
            for p in world.people
        }
        world.done = erasures.erase_person(world.operator, world.me.candidate_id, world.settings)
        world.after = look(world)
        world.url = app.config["SETTINGS"].database_url
        yield world
    close(app)


@pytest.fixture
def world(app, tmp_path, clock_file):
    """A round whose offers are out."""
    with app.app_context():
        made = told_rounds.open_round(app, tmp_path)
        told_rounds.publish(made)
        made.settings = replace(made.settings, anchor_folder=tmp_path / "anchors")
        made.offer_id = told_rounds.offers()[0].id
        made.me = told_rounds.person_of(made, told_rounds.offers()[0])
        yield made


def look(world):
    """What there is to see of the region: every row, its figures, what was sealed of the person."""
    mine = select(Application.id).where(Application.candidate_id == world.me.candidate_id)
    sealed = select(SnapshotRecord).where(SnapshotRecord.kind == "application")
    sealed = sealed.where(SnapshotRecord.record_id.in_(mine)).order_by(SnapshotRecord.id)
    parts = (funnel.ALL, funnel.Narrow(sector="engineering"), funnel.Narrow(district="Birmingham"))
    return SimpleNamespace(
        rows=dump_rows(),
        funnels=[funnel.list_funnel(world.operator, None, part) for part in parts],
        parts=[funnel.list_parts(world.operator, key) for key in funnel.KEYS],
        letters=hits_in(world.folder.glob("*"), world.markers[world.me.candidate_id]),
        sealed=[(r.record_hash, r.body, r.salt) for r in db.session.scalars(sealed)],
    )


def placed(world):
    """The person who took part to the end."""
    held = db.session.get_one(Assignment, world.assignment_id)
    return next(p for p in world.people if p.candidate_id == held.candidate_id)


def spellings(marker):
    """How a text may lie in a file: plain, wide, in base64 at any of three places, escaped."""
    plain = marker.encode()
    yield from (plain, marker.encode("utf-16-le"), marker.encode("utf-16-be"))
    yield from (json.dumps(marker)[1:-1].encode(), urllib.parse.quote(marker).encode())
    for shift in range(3):
        coded = base64.b64encode(b"x" * shift + plain)
        yield coded[4 if shift else 0 : len(coded) - 4]


def database_files(url):
    path = Path(make_url(url).database)
    return [path.with_name(path.name + end) for end in ("", "-wal", "-shm", "-journal")]


def hits_in(files, markers):
    """Every marker that lies in a file in any spelling."""
    found = set()
    for file in files:
        if file.is_file():
            held = file.read_bytes()
            found |= {(m, file.name) for m in markers for s in spellings(m) if s in held}
    return found


def dump_rows():
    """Everything that a query of any table gives, as one text."""
    values = []
    with db.engine.connect() as connection:
        for name in db.metadata.tables:
            for row in connection.execute(text(f'SELECT * FROM "{name}"')):
                values += [str(value) for value in row if value is not None]
    return "\n".join(values)


def test_I38_an_erased_person_is_in_no_row(erased):
    mine = erased.markers[erased.me.candidate_id]
    assert len(mine) > 25
    assert [where for m, where in mine.items() if m not in erased.before.rows] == []
    assert [where for m, where in mine.items() if m in erased.after.rows] == []


def test_I38_an_erased_person_is_in_no_file(erased):
    mine = erased.markers[erased.me.candidate_id]
    assert erased.done.is_emptied and erased.done.n_files
    assert erased.before.letters
    assert hits_in(erased.folder.glob("*"), mine) == set()
    assert hits_in(erased.settings.anchor_folder.glob("*"), mine) == set()
    if db.engine.dialect.name == "sqlite":
        files = database_files(erased.url)
        assert hits_in(files, mine) == set()
        others = [m for person in erased.people for m in erased.markers[person.candidate_id]]
        assert len(hits_in(files, others)) > 25  # the scan can find what is there


def test_I38_nothing_of_anybody_else_is_touched(erased):
    others = {m for p in erased.people if p != erased.me for m in erased.markers[p.candidate_id]}
    assert {m for m in others if m in erased.after.rows} == others


def test_I39_past_funnels_stay_as_they_were(erased):
    assert erased.after.funnels == erased.before.funnels
    assert erased.after.parts == erased.before.parts
    assert next(s for s in erased.before.funnels[0] if s.name == "completed").n == 1


def test_I19_a_sealed_record_is_blanked_and_its_hash_stays(erased):
    assert [one[0] for one in erased.before.sealed] == [one[0] for one in erased.after.sealed]
    assert all(body and salt for _, body, salt in erased.before.sealed)
    assert {(body, salt) for _, body, salt in erased.after.sealed} == {(None, None)}


def test_every_rule_holds_after_an_erasure(erased):
    report = verifying.verify_invariants()
    assert (report.violations, report.unchecked) == ((), ())


def test_erasing_somebody_twice_changes_nothing_the_second_time(erased):
    again = erasures.erase_person(erased.operator, erased.me.candidate_id, erased.settings)
    assert erased.done.n_rows > 10 and (again.n_rows, again.is_emptied) == (0, True)
    assert erasures.replay_erasures(erased.settings) == 0


def test_a_restore_brings_nobody_back(erased):
    kept = erasures.erasure_file.read_erased(erased.settings.anchor_folder)
    assert list(kept) == erasures.list_erased()
    bring_back(erased.me.candidate_id)
    found = {(v.invariant, v.table) for v in verifying.verify_invariants().violations}
    assert found == {("I-38", "equality_answer"), ("I-38", "attendance")}
    assert erasures.replay_erasures(erased.settings) == 1
    mine = EqualityAnswer.candidate_id == erased.me.candidate_id
    assert db.session.scalar(select(EqualityAnswer).where(mine)) is None


def test_I38_who_writes_at_the_same_moment_brings_nothing_back(erased):
    """An act that read the person before the erasure is refused by the database itself."""
    me = erased.me.candidate_id
    for change in (
        f"UPDATE candidate SET postcode = 'B1 1BA' WHERE id = {me}",
        f"UPDATE application SET reason = 'x' WHERE candidate_id = {me}",
        f"UPDATE application SET choices = '[\"P-1\"]' WHERE candidate_id = {me}",
        "UPDATE account SET email = 'back@mail.example' WHERE erased",
    ):
        with pytest.raises(Exception, match="nothing is kept"), db.engine.begin() as connection:
            assert connection.execute(text(change)).rowcount


def test_the_list_cannot_be_made_shorter(erased):
    for change in ("DELETE FROM erasure_list", "UPDATE erasure_list SET candidate_id = 1000"):
        with pytest.raises(Exception, match="only added to"), db.engine.begin() as connection:
            connection.execute(text(change))
    assert len(erasures.list_erased()) == 1


def test_an_answer_to_a_person_holds_every_field_of_theirs_and_of_nobody_else(erased):
    for candidate_id, answer in erased.answers.items():
        told = plain_words(answer)
        for owner, markers in erased.markers.items():
            missing = [where for m, where in markers.items() if plain_words(m) not in told]
            assert missing == ([] if owner == candidate_id else list(markers.values()))


def test_after_an_erasure_nothing_is_left_to_be_answered(erased):
    answer = json.dumps(subject_access.answer_access(erased.operator, erased.me.candidate_id))
    left = erased.markers[erased.me.candidate_id]
    assert [where for m, where in left.items() if plain_words(m) in plain_words(answer)] == []


def plain_words(answer):
    """A sealed record is a text in a text; its quotes are escaped there."""
    return answer.replace("\\", "")


def test_somebody_with_an_offer_is_refused_until_it_ends(world):
    with pytest.raises(GuardRefused, match="stop-first"):
        erasures.erase_person(world.operator, world.me.candidate_id, world.settings)
    assert db.session.get_one(Candidate, world.me.candidate_id).name is not None
    erasures.erase_person(world.operator, world.me.candidate_id, world.settings, stop_first=True)
    db.session.expire_all()
    assert db.session.get_one(Assignment, world.offer_id).state == "cancelled_by_candidate"
    assert db.session.get_one(Candidate, world.me.candidate_id).name is None


def test_only_an_operator_of_the_region_erases(world):
    far = replace(world.operator, region_id=world.region_id + 1)
    for actor in (world.approver, world.provider, world.employer, world.me, far):
        with pytest.raises(NotFound):
            erasures.erase_person(actor, world.me.candidate_id, world.settings, stop_first=True)
    assert erasures.list_erased() == []


def test_who_is_in_the_file_alone_is_erased_whatever_runs(world):
    """The backup is older than the erasure: the list in it does not know the person."""
    file, now = world.settings.anchor_folder, erasures.clock.now()
    erasures.erasure_file.keep_erased(file, world.me.candidate_id, now)
    assert erasures.replay_erasures(world.settings) == 1
    assert db.session.get_one(Candidate, world.me.candidate_id).name is None
    report = verifying.verify_invariants()
    assert (report.violations, report.unchecked) == ((), ())


def test_an_id_given_again_after_a_restore_is_somebody_else(world):
    long_ago = erasures.clock.now().replace(year=2020)
    erasures.erasure_file.keep_erased(world.settings.anchor_folder, world.me.candidate_id, long_ago)
    assert erasures.replay_erasures(world.settings) == 0
    assert db.session.get_one(Candidate, world.me.candidate_id).name is not None


def test_an_account_that_others_use_stays_theirs(world):
    sibling = next(person for person in world.people if person != world.me)
    share_account(world.me.candidate_id, sibling.candidate_id)
    erasures.erase_person(world.operator, world.me.candidate_id, world.settings, stop_first=True)
    shared = db.session.get_one(Candidate, sibling.candidate_id).account_id
    assert db.session.get_one(Account, shared).name is not None
    assert db.session.get_one(Candidate, world.me.candidate_id).account_id is None


def test_a_district_and_a_group_of_few_are_not_kept(world):
    mark_out(world.me.candidate_id)
    erasures.erase_person(world.operator, world.me.candidate_id, world.settings, stop_first=True)
    mine = select(Application).where(Application.candidate_id == world.me.candidate_id)
    entry = db.session.scalar(mine)
    assert (entry.counted_district, entry.priority) == (None, [])


@pytest.fixture
def approved(app, tmp_path, clock_file):
    """A round that is approved and not yet out, with somebody the plan places."""
    with app.app_context():
        made = told_rounds.open_round(app, tmp_path)
        told_rounds.propose(made)
        placed_ids = select(PlanRow.application_id).where(PlanRow.placement_id.is_not(None))
        entry = db.session.get_one(Application, db.session.scalars(placed_ids).first())
        made.me = next(p for p in made.people if p.candidate_id == entry.candidate_id)
        yield made


def test_a_round_goes_on_without_somebody_erased_after_its_approval(approved):
    """Two places, three people: the second place goes to who was in line."""
    erasures.erase_person(approved.operator, approved.me.candidate_id, approved.settings)
    told_rounds.deliver(approved, LOCKS)
    approved.clock_at(told_rounds.RELEASE)
    assert publishing.publish_round(SYSTEM, approved.round_id) == (1, 1)
    assert cascading.cascade_round(SYSTEM, approved.round_id) == 1
    told_rounds.deliver(approved, told_rounds.RELEASE)
    offered = {offer.candidate_id for offer in told_rounds.offers()}
    assert offered == {p.candidate_id for p in approved.people} - {approved.me.candidate_id}
    report = verifying.verify_invariants()
    assert (report.violations, report.unchecked) == ((), ())


@pytest.mark.parametrize("pinned", [False, True])
def test_a_plan_is_made_again_without_somebody_erased(approved, pinned):
    approvals.send_back(approved.approver, approved.round_id, "Look again (invented).")
    if pinned:
        entry, place = pair_of(approved)
        pins.add_pin(approved.operator, approved.round_id, entry, place, True, "access")
    erasures.erase_person(approved.operator, approved.me.candidate_id, approved.settings)
    plan_id = plans.solve_again(approved.operator, approved.round_id, "stable")
    rows = plans.get_plan_rows(approved.operator, plan_id)
    assert len(rows) == 2 and all(row.placement_id for row in rows)


def test_a_freed_place_goes_out_in_a_round_with_a_pair_that_staff_fixed(approved):
    """Who holds a place is no longer to be placed, whoever fixed the pair."""
    approvals.send_back(approved.approver, approved.round_id, "Look again (invented).")
    entry, place = pair_of(approved)
    pins.add_pin(approved.operator, approved.round_id, entry, place, True, "access")
    kept = rounds.get_round(approved.approver, approved.round_id)
    seal = (kept.plan_hash, kept.snapshot_hash)
    rounds.approve_round(approved.approver, approved.round_id, *seal)
    approved.clock_at(told_rounds.RELEASE)
    publishing.publish_round(SYSTEM, approved.round_id)
    other = next(o for o in told_rounds.offers() if o.candidate_id != approved.me.candidate_id)
    assignments.decline_offer(told_rounds.person_of(approved, other), other.id)
    assert cascading.cascade_round(SYSTEM, approved.round_id) == 1


def pair_of(world):
    mine = select(Application.reference).where(Application.candidate_id == world.me.candidate_id)
    place = db.session.get_one(Placement, world.placement_id)
    return db.session.scalar(mine), place.reference


def test_who_is_told_of_a_place_given_up_reads_no_name(world):
    erasures.erase_person(world.operator, world.me.candidate_id, world.settings, stop_first=True)
    told = told_rounds.deliver(world, told_rounds.RELEASE + told_rounds.HOUR)
    assert "None" not in " ".join(letter.get_content() for letter in told)
    assert any("Somebody whose details were erased" in one.get_content() for one in told)


@act
def mark_out(candidate_id):
    mine = select(Application).where(Application.candidate_id == candidate_id)
    db.session.scalar(mine).priority = ["rare"]
    db.session.get_one(Candidate, candidate_id).district = "Alone"


@act
def bring_back(candidate_id):
    db.session.add(EqualityAnswer(candidate_id=candidate_id, question="sex", answer="x"))
    place = select(Assignment.id).where(Assignment.candidate_id == candidate_id).limit(1)
    day = date(2026, 7, 15)
    db.session.add(Attendance(assignment_id=db.session.scalar(place), day=day, reason="x"))


@act
def share_account(candidate_id, sibling_id):
    sibling = db.session.get_one(Candidate, sibling_id)
    sibling.account_id = db.session.get_one(Candidate, candidate_id).account_id
