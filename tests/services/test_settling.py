"""How a round settles, counted from its records, and what its release would send."""

from datetime import timedelta

import pytest
from services.test_rounds import RELEASE, approve, clock_at, lock, offers, publish, world
from sqlalchemy import select

from placements.domain.errors import GuardRefused, IllegalMove, NotAllowed, NotFound
from placements.domain.permissions import Actor
from placements.domain.vocabulary import Role
from placements.extensions import db
from placements.models.rounds import Snapshot
from placements.services import (
    applications,
    approvals,
    assignments,
    cascading,
    plans,
    publishing,
    release,
    round_board,
    rounds,
    sealing,
    settling,
    solving,
)

__all__ = ["clock_at", "world"]


def person_of(offer):
    return Actor(Role.YOUNG_PERSON, candidate_id=offer.candidate_id)


def stranger(world):
    return Actor(Role.OPERATOR, 999, region_id=999)


def test_get_settling_counts_each_offer_once(world):
    publish(world)
    first, second, _ = offers()
    assignments.accept_offer(person_of(first), first.id)
    world.clock_at(RELEASE + timedelta(hours=3))
    assignments.decline_offer(person_of(second), second.id)
    answers = settling.get_settling(world.operator, world.round_id)
    counts = (answers.n_yes, answers.n_no, answers.n_no_answer, answers.n_other, answers.n_waiting)
    assert counts == (1, 1, 0, 0, 1)
    assert sum(counts) == answers.n_offers == 3
    assert (answers.n_free, answers.n_in_line) == (1, 1)
    assert answers.next_cascade_at == RELEASE + timedelta(hours=4)
    shown = [(m.hour, m.yes, m.no, m.no_answer, m.waiting) for m in answers.moments]
    assert shown == [(0, 1, 0, 0, 2), (3, 1, 1, 0, 1)]


def test_get_settling_counts_a_cascade_among_the_offers(world):
    publish(world)
    offer = offers()[0]
    assignments.decline_offer(person_of(offer), offer.id)
    assert cascading.cascade_round(world.operator, world.round_id) == 1
    answers = settling.get_settling(world.operator, world.round_id)
    assert (answers.n_offers, answers.n_waiting, answers.n_in_line, answers.n_free) == (4, 3, 0, 0)


def test_get_settling_lists_what_ends_today(world):
    publish(world)
    assert settling.get_settling(world.operator, world.round_id).due_today == []
    world.clock_at(RELEASE + timedelta(days=7))
    assert len(settling.get_settling(world.operator, world.round_id).due_today) == 3


@pytest.mark.parametrize(
    "read",
    [
        settling.get_settling,
        release.preview_release,
        release.list_samples,
        round_board.list_done,
        round_board.count_round,
        sealing.list_people_left_out,
        sealing.list_placements_left_out,
        approvals.list_approvers,
        approvals.find_changes,
        approvals.prepared,
    ],
)
def test_I36_every_read_of_a_round_belongs_to_its_region(world, read):
    with pytest.raises(NotFound):
        read(stranger(world), world.round_id)


def test_preview_release_counts_what_publish_then_sends(world):
    lock(world)
    solving.solve_round(world.operator, world.round_id)
    approve(world)
    before = release.preview_release(world.operator, world.round_id)
    assert (before.n_offers, before.n_no_place, before.n_changed) == (3, 1, 0)
    assert not before.is_due
    assert publish_after(world) == (before.n_offers, 0)


def publish_after(world):
    world.clock_at(RELEASE)
    return publishing.publish_round(world.operator, world.round_id)


def test_preview_release_counts_who_changed_since_the_seal(world):
    lock(world)
    solving.solve_round(world.operator, world.round_id)
    placed = [
        line.application_id
        for line in plans.get_plan_rows(
            world.operator, plans.list_plans(world.operator, world.round_id)[0].plan_id
        )
        if line.placement_id
    ]
    owner = next(
        p for p, a in zip(world.people, world.application_ids, strict=True) if a == placed[0]
    )
    applications.hold_application(owner, placed[0])
    assert release.preview_release(world.operator, world.round_id).n_changed == 1


def test_list_samples_reads_like_the_messages_and_names_nobody(world):
    lock(world)
    solving.solve_round(world.operator, world.round_id)
    samples = release.list_samples(world.operator, world.round_id)
    assert [sample.title for sample in samples] == [
        "Text: an offer",
        "Email: an offer",
        "Email: no place yet",
    ]
    assert not [sample for sample in samples if "Invented Person" in sample.body]
    assert len(samples[0].body.split("\n")[0]) <= 160


def test_count_round_before_the_seal_is_what_the_seal_takes(world):
    rounds.open_round(world.operator, world.round_id)
    applications.hold_application(world.people[0], world.application_ids[0])
    before = round_board.count_round(world.operator, world.round_id)
    assert not before.is_sealed
    rounds.lock_round(world.operator, world.round_id)
    sealed = db.session.scalar(select(Snapshot).where(Snapshot.round_id == world.round_id))
    assert (before.n_people, before.n_placements) == (sealed.n_candidates, sealed.n_placements)
    left_out = sealing.list_people_left_out(world.operator, world.round_id)
    assert [(line.reason, line.n) for line in left_out] == [("Taking a break", 1)]


def test_count_round_leaves_out_who_holds_a_place_as_the_seal_does(world):
    publish(world)
    dates = tuple(RELEASE + timedelta(days=days) for days in (1, 2, 3))
    second = rounds.create_round(world.operator, "Second", dates, seed=7)
    rounds.open_round(world.operator, second)
    before = round_board.count_round(world.operator, second)
    assert (before.n_people, before.n_placements) == (1, 0)
    rounds.lock_round(world.operator, second)
    after = round_board.count_round(world.operator, second)
    assert (after.n_people, after.n_placements, after.is_sealed) == (1, 0, True)
    left_out = sealing.list_people_left_out(world.operator, second)
    assert [(line.reason, line.n) for line in left_out] == [
        ("Has an offer or a placement already", 3)
    ]


def test_list_steps_names_who_did_what_and_one_step_is_now(world):
    lock(world)
    round_ = rounds.get_round(world.operator, world.round_id)
    steps = round_board.list_steps(round_, round_board.list_done(world.operator, world.round_id))
    assert [step.status for step in steps] == ["done", "done", "now", *["next"] * 6]
    assert steps[2].by.startswith("Invented")
    assert steps[6].when == round_.release_at


def test_send_back_keeps_the_reason_and_asks_for_one(world):
    lock(world)
    solving.solve_round(world.operator, world.round_id)
    for reason in ("", "  "):
        with pytest.raises(GuardRefused):
            approvals.send_back(world.approver, world.round_id, reason)
    approvals.send_back(world.approver, world.round_id, "Invented reason")
    done = round_board.list_done(world.operator, world.round_id)
    assert round_board.find_sent_back(done) is not None
    assert rounds.get_round(world.operator, world.round_id).reason == "Invented reason"


def test_send_back_is_over_once_a_plan_is_chosen_again(world):
    lock(world)
    solving.solve_round(world.operator, world.round_id)
    approvals.send_back(world.approver, world.round_id, "Invented reason")
    plan_id = plans.list_plans(world.operator, world.round_id)[0].plan_id
    plans.choose_plan(world.operator, world.round_id, plan_id)
    done = round_board.list_done(world.operator, world.round_id)
    assert round_board.find_sent_back(done) is None


def test_send_back_by_an_operator_or_without_a_plan_is_refused(world):
    with pytest.raises(IllegalMove):
        approvals.send_back(world.approver, world.round_id, "Invented reason")
    with pytest.raises(NotAllowed):
        approvals.send_back(world.operator, world.round_id, "Invented reason")


def test_find_changes_counts_people_between_two_plans(world):
    lock(world)
    solving.solve_round(world.operator, world.round_id)
    assert approvals.find_changes(world.approver, world.round_id) is None
    other = plans.solve_again(world.operator, world.round_id, "serial")
    plans.choose_plan(world.operator, world.round_id, other)
    changes = approvals.find_changes(world.approver, world.round_id)
    assert changes.before_mechanism == "optimal"
    total = changes.n_same + changes.n_moved + changes.n_newly_placed + changes.n_no_longer_placed
    assert total == 4
