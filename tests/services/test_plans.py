"""Plans side by side, the one chosen, and the file an auditor checks without our code."""

import json
from collections import Counter
from datetime import UTC, datetime
from types import SimpleNamespace

import numpy as np
import pytest
from factories.by_hand import unguarded
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
from scipy.sparse import csr_array
from scipy.sparse.csgraph import maximum_flow
from sqlalchemy import select

from matching.bundle import check_bundle, read_bundle, replay
from matching.sealing.packing import unpack
from placements.domain.errors import GuardRefused, IllegalMove, Invalid, NotAllowed, NotFound
from placements.domain.permissions import SYSTEM, Actor
from placements.domain.vocabulary import Kind, Role
from placements.extensions import db
from placements.models.rounds import Plan, Round, SnapshotRecord
from placements.services import bundles, plans, publishing, rounds, solving, transitions
from placements.services.snapshots import canonical, hash_records
from placements.services.transactions import act
from placements.settings import ROOT

WEST_MIDLANDS = ROOT / "config/regions/west_midlands"
DATES = tuple(datetime(2026, 6, day, 9, tzinfo=UTC) for day in (2, 9, 16))
HASHES = ("snapshot_hash", "plan_hash")


@act
def make_world(cap=None):
    """Two sites; everybody would like the near one first, one person is a care leaver."""
    region = make_region()
    employer = make_employer(region, cap=cap)
    near = make_placement(make_site(employer), 2)
    far = make_placement(make_site(employer, latitude=52.4859, longitude=-1.8904), 3)
    provider = make_provider(region)
    for n in range(6):
        person = make_candidate(latitude=52.47542 + n / 400)
        choices = [near.reference, far.reference][: 1 + n % 2]
        priority = ["care_leaver"] if n == 5 else []
        make_application(person, provider, choices=choices, priority=priority)
    ids = [make_account().id for _ in range(4)]
    return SimpleNamespace(
        employer=Actor(Role.EMPLOYER, ids[3], employer.id),
        operator=Actor(Role.OPERATOR, ids[0], region_id=region.id),
        other_operator=Actor(Role.OPERATOR, ids[2], region_id=region.id),
        approver=Actor(Role.APPROVER, ids[1], region_id=region.id),
        region_id=region.id,
    )


@pytest.fixture
def make_proposed(app, clock_file):
    """A function that makes a world and takes its round to a proposed plan."""
    clock_file.write_text(DATES[0].isoformat())

    def make(**facts):
        world = make_world(**facts)
        world.set_clock = lambda at: clock_file.write_text(at.isoformat())
        policy = {"priority_groups": ["care_leaver"]}
        world.round_id = rounds.create_round(world.operator, "Summer", DATES, 7, policy)
        rounds.open_round(world.operator, world.round_id)
        rounds.lock_round(world.operator, world.round_id)
        assert solving.solve_round(world.operator, world.round_id) is not None
        return world

    with app.app_context():
        yield make


@pytest.fixture
def world(make_proposed):
    return make_proposed()


def get_round(world):
    return db.session.scalar(select(Round).where(Round.id == world.round_id))


def approve(world, actor=None):
    round_ = get_round(world)
    hashes = round_.plan_hash, round_.snapshot_hash
    rounds.approve_round(actor or world.approver, world.round_id, *hashes)


@act
def take_back(world):
    """Bring an approved round back with its approval still on it, as a slip of code would."""
    at = datetime(2026, 6, 10, tzinfo=UTC)
    transitions.move(get_round(world), Kind.ROUND, "send_back", world.approver, at, reason="Slip")


def test_list_plans_counts_what_the_rows_say(world):
    (plan,) = plans.list_plans(world.approver, world.round_id)
    rows = plans.get_plan_rows(world.approver, plan.plan_id)
    placed = [row for row in rows if row.placement_id]
    assert (plan.n_placed, plan.n_unplaced) == (5, 1) == (len(placed), len(rows) - len(placed))
    assert plan.n_first == sum(row.choice_rank == 1 for row in placed) == 2
    assert plan.n_top3 == sum(row.choice_rank in (1, 2, 3) for row in placed)
    assert (plan.n_priority_placed, plan.n_priority) == (1, 1)
    longest = sorted(max(row.minutes_there, row.minutes_back) for row in placed)
    assert plan.median_minutes == longest[(len(longest) - 1) // 2]
    assert (plan.mechanism, plan.certificate, plan.chosen) == ("optimal", "exact", True)
    assert {row.code for row in rows if not row.placement_id} == {"places_taken"}
    assert all(row.reasons for row in rows)


def test_list_plans_is_for_the_authority_of_the_region_only(world):
    stranger = Actor(Role.OPERATOR, 1, region_id=world.region_id + 1)
    plan_id = db.session.scalar(select(Plan.id))
    for actor in (stranger, world.employer, Actor(Role.YOUNG_PERSON, candidate_id=1)):
        with pytest.raises(NotFound):
            plans.list_plans(actor, world.round_id)
        with pytest.raises(NotFound):
            plans.get_plan_rows(actor, plan_id)
        with pytest.raises(NotFound):
            bundles.get_bundle(actor, world.round_id)
        with pytest.raises(NotFound):
            rounds.check_seal(actor, world.round_id)


@pytest.mark.parametrize("mechanism", ["stable", "serial", "nearest"])
def test_solve_again_keeps_another_plan_beside_the_one_in_use(world, mechanism):
    before = get_round(world).plan_hash
    plan_id = plans.solve_again(world.operator, world.round_id, mechanism)
    first, second = plans.list_plans(world.operator, world.round_id)
    assert (first.chosen, second.chosen, second.plan_id) == (True, False, plan_id)
    assert (second.mechanism, second.certificate) == (mechanism, "none")
    assert get_round(world).plan_hash == before == first.plan_hash


def test_solve_again_by_the_same_rules_gives_the_plan_that_is_there(world):
    again = plans.solve_again(world.operator, world.round_id, "optimal")
    assert [p.plan_id for p in plans.list_plans(world.operator, world.round_id)] == [again]


def test_solve_again_by_another_way_keeps_the_cap_and_an_unknown_way_is_refused(make_proposed):
    world = make_proposed(cap=3)
    plans.solve_again(world.operator, world.round_id, "stable")
    assert [p.n_placed for p in plans.list_plans(world.operator, world.round_id)] == [3, 3]
    with pytest.raises(Invalid):
        plans.solve_again(world.operator, world.round_id, "magic")


def test_employer_cap_is_sealed_and_kept_by_the_plan(make_proposed):
    world = make_proposed(cap=3)
    (plan,) = plans.list_plans(world.operator, world.round_id)
    assert (plan.n_placed, plan.certificate) == (3, "exact")
    bodies = db.session.scalars(select(SnapshotRecord.body)).all()
    assert sum('"employer_cap":3' in body for body in bodies) == 2


def test_choose_plan_changes_what_is_approved_and_published(world):
    plan_id = plans.solve_again(world.operator, world.round_id, "serial")
    plans.choose_plan(world.other_operator, world.round_id, plan_id)
    chosen = [p for p in plans.list_plans(world.operator, world.round_id) if p.chosen]
    round_ = get_round(world)
    assert [p.plan_id for p in chosen] == [plan_id]
    assert (round_.plan_hash, round_.chosen_by) == (
        chosen[0].plan_hash,
        world.other_operator.account_id,
    )
    approve(world)
    world.set_clock(DATES[2])
    assert publishing.publish_round(SYSTEM, world.round_id) == (chosen[0].n_placed, 0)


def test_I21_choose_plan_after_an_approval_taken_back_leaves_no_approval(world):
    plan_id = plans.solve_again(world.operator, world.round_id, "serial")
    approve(world)
    with pytest.raises(GuardRefused, match="waits for approval"):
        plans.choose_plan(world.operator, world.round_id, plan_id)
    take_back(world)
    plans.choose_plan(world.operator, world.round_id, plan_id)
    round_ = get_round(world)
    assert (round_.state, round_.approved_by, round_.approved_plan_hash) == ("proposed", None, None)
    world.set_clock(DATES[2])
    with pytest.raises(IllegalMove):
        publishing.publish_round(SYSTEM, world.round_id)


@pytest.mark.parametrize("prepared", ["solved again", "chose"])
def test_I21_approve_round_by_who_made_or_chose_any_plan_is_refused(world, prepared):
    if prepared == "solved again":
        plans.solve_again(world.other_operator, world.round_id, "serial")
    else:
        first = db.session.scalar(select(Plan.id))
        plans.choose_plan(world.other_operator, world.round_id, first)
        plans.choose_plan(world.operator, world.round_id, first)
    account_id = world.other_operator.account_id
    now_approver = Actor(Role.APPROVER, account_id, region_id=world.region_id)
    with pytest.raises(GuardRefused, match="Another approver"):
        approve(world, now_approver)
    approve(world)


def test_choose_plan_is_an_operators_act_on_a_plan_of_the_round(world):
    plan_id = db.session.scalar(select(Plan.id))
    with pytest.raises(NotAllowed):
        plans.choose_plan(world.approver, world.round_id, plan_id)
    with pytest.raises(NotFound):
        plans.choose_plan(world.operator, world.round_id, plan_id + 1)


def test_choose_plan_that_was_edited_is_refused(world):
    plan_id = plans.solve_again(world.operator, world.round_id, "serial")

    @act
    def edit():
        plan = db.session.get_one(Plan, plan_id)
        plan.sealed = plan.sealed.replace('"minutes_there":', '"minutes_there":1', 1)

    edit()
    with pytest.raises(GuardRefused, match="sealed records"):
        plans.choose_plan(world.operator, world.round_id, plan_id)


def test_check_seal_finds_a_record_that_was_changed(world):
    assert rounds.check_seal(world.approver, world.round_id).broken == ()

    @act
    def edit():
        record = db.session.scalar(select(SnapshotRecord))
        with unguarded(db.session.connection()):
            record.body = record.body.replace("52.", "53.")
            db.session.flush()

    edit()
    assert len(rounds.check_seal(world.approver, world.round_id).broken) == 1


def list_false_claims(graph):
    """The certificate of a bundle, in plain arithmetic that knows none of our code."""
    b, match = graph["unmatched_cost"], graph["match"]
    u, v = graph["prices"]["candidate"], graph["prices"]["placement"]
    held = Counter(j for j in match if j is not None)
    capacity = [placement["capacity"] for placement in graph["placements"]]
    cost = {(i, j): c for i, j, c in graph["edges"]}
    matched = [(i, j) for i, j in enumerate(match) if j is not None]
    claims = {
        "one row a pair": len(cost) == len(graph["edges"]),
        "capacities kept": all(held[j] <= n for j, n in enumerate(capacity)),
        "v >= 0": all(price >= 0 for price in v),
        "v = 0 where places are left": all(
            v[j] == 0 or held[j] == n for j, n in enumerate(capacity)
        ),
        "u <= B": all(price <= b for price in u),
        "u = B when unmatched": all(u[i] == b for i, j in enumerate(match) if j is None),
        "u <= cost + v": all(u[i] <= c + v[j] for (i, j), c in cost.items()),
        "u = cost + v when matched": all(u[i] == cost[i, j] + v[j] for i, j in matched),
        "sums": sum(u) - sum(n * price for n, price in zip(capacity, v, strict=True))
        == sum(cost[pair] for pair in matched) + b * match.count(None),
    }
    return [claim for claim, holds in claims.items() if not holds]


def most_placed(graph):
    """The most people that could be placed at all, by a maximum flow."""
    n, m = len(graph["candidates"]), len(graph["placements"])
    source, sink = 0, n + m + 1
    arcs = [(source, 1 + i, 1) for i in range(n)]
    arcs += [(1 + i, 1 + n + j, 1) for i, j, _ in graph["edges"]]
    arcs += [(1 + n + j, sink, p["capacity"]) for j, p in enumerate(graph["placements"])]
    tails, heads, seats = zip(*arcs, strict=True)
    table = csr_array((np.array(seats, dtype=np.int32), (tails, heads)), shape=(sink + 1,) * 2)
    return maximum_flow(table, source, sink).flow_value


def test_bundle_is_a_proof_that_needs_none_of_our_code(world):
    bundle = json.loads(bundles.get_bundle(world.approver, world.round_id).plain)
    graph = bundle["graph"]
    assert list_false_claims(graph) == []
    assert most_placed(graph) == len(graph["match"]) - graph["match"].count(None) == 5
    assert graph["certificate"] == "exact"


def test_bundle_hashes_work_out_again_from_the_file(world):
    bundle = bundles.get_bundle(world.approver, world.round_id).document
    round_ = get_round(world)
    ids = [n["id"] for group in ("candidates", "placements") for n in bundle["graph"][group]]
    assert hash_records(ids) == bundle["snapshot_hash"] == round_.snapshot_hash
    policy = solving.policy_of(round_, bundle["plan"]["mechanism"])
    assert hash_records([canonical(policy)]) == bundle["policy_hash"]
    assert bundle["market"]["policy"]["seed"] == bundle["seed"] == round_.seed
    parts = ("snapshot_hash", "policy_hash", "result_hash")
    whole = hash_records([f"{n}{bundle[part]}" for n, part in enumerate(parts)])
    assert whole == bundle["plan_hash"] == round_.plan_hash


def test_bundle_names_nobody(world):
    text = bundles.get_bundle(world.approver, world.round_id, WEST_MIDLANDS).plain.decode()
    exact = bundles.get_bundle(world.approver, world.round_id, exact=True).plain.decode()
    for name in ("Invented Person", "Foundry", "B1 1", "A-", "P-", "mail.example"):
        assert name not in text
        assert name not in exact
    assert "52.47542" not in text
    assert "52.47542" in exact


def test_bundle_holds_by_the_engine_alone_and_replays(world):
    sealed = bundles.get_bundle(world.approver, world.round_id, WEST_MIDLANDS)
    again = bundles.get_bundle(world.approver, world.round_id, WEST_MIDLANDS)
    assert sealed == again
    read = read_bundle(unpack(sealed.packed))
    assert check_bundle(read) == []
    assert replay(read.market, read.plan) == []
    assert read.document["homes"] == "sector"


@pytest.mark.parametrize("planted", ["edge", "match", "price", "bound"])
def test_bundle_with_a_planted_fault_is_found_false(world, planted):
    graph = bundles.get_bundle(world.approver, world.round_id).document["graph"]
    if planted == "edge":
        next(edge for edge in graph["edges"] if graph["match"][edge[0]] == edge[1])[2] += 1
    elif planted == "match":
        graph["match"][next(i for i, j in enumerate(graph["match"]) if j is not None)] = None
    elif planted == "price":
        graph["prices"]["placement"][0] += 1
    else:
        graph["unmatched_cost"] -= 1
    assert list_false_claims(graph)


@pytest.mark.parametrize("placed", [True, False])
def test_bundle_after_an_erasure_names_the_blank_record_and_proves_the_rest(world, placed):
    plan = json.loads(db.session.scalar(select(Plan.sealed)))
    people = {one["candidate"] for one in plan["assignments"]} if placed else set(plan["reasons"])

    @act
    def erase():
        records = select(SnapshotRecord).where(SnapshotRecord.kind == "application")
        record = next(r for r in db.session.scalars(records) if json.loads(r.body)["id"] in people)
        record.body = record.salt = None
        return record.record_hash

    erased = erase()
    sealed = bundles.get_bundle(world.approver, world.round_id, WEST_MIDLANDS)
    assert sealed.document["blank"] == {"candidates": [erased]}
    assert sealed.document["n_otherwise"] == 0
    assert check_bundle(read_bundle(unpack(sealed.packed))) == []
    assert len(sealed.document["plan"]["assignments"]) == (4 if placed else 5)


def test_bundle_without_an_erased_placement_proves_the_rest(world):
    @act
    def erase():
        records = select(SnapshotRecord).where(SnapshotRecord.kind == "placement")
        record = db.session.scalars(records.order_by(SnapshotRecord.id.desc())).first()
        record.body = record.salt = None
        return record.record_hash

    erased = erase()
    sealed = bundles.get_bundle(world.approver, world.round_id, WEST_MIDLANDS)
    assert sealed.document["blank"] == {"placements": [erased]}
    assert sealed.document["n_otherwise"] == 0
    assert 0 < len(sealed.document["market"]["candidates"]) < 6
    assert check_bundle(read_bundle(unpack(sealed.packed))) == []


def test_bundle_of_a_record_that_was_changed_is_refused(world):
    @act
    def edit():
        records = select(SnapshotRecord).where(SnapshotRecord.kind == "application")
        record = db.session.scalars(records).first()
        with unguarded(db.session.connection()):
            record.body = record.body.replace('"max_minutes":60', '"max_minutes":59')
            db.session.flush()

    edit()
    with pytest.raises(GuardRefused, match="do not give this plan"):
        bundles.get_bundle(world.approver, world.round_id)
