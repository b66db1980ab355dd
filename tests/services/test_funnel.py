"""The funnel counts records, and each number can show which."""

from datetime import date
from types import SimpleNamespace

import pytest
from factories.records import (
    ACTORS,
    AT,
    keep,
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
from factories.steps import COMPLETED, SAID_YES, STARTED

from placements.domain.errors import Invalid, NotAllowed
from placements.domain.funnel import KEYS
from placements.domain.permissions import Actor
from placements.domain.vocabulary import Kind, OutcomeKind, Role
from placements.extensions import db
from placements.models.assignments import Assignment
from placements.models.candidates import Application
from placements.models.employers import Pledge
from placements.services import outcomes, transitions
from placements.services.funnel import list_funnel, list_parts
from placements.services.outcomes import Answer
from placements.services.places import free_place
from placements.services.transactions import act

WALKS = (
    (),
    (("decline", Role.YOUNG_PERSON),),
    (SAID_YES,),
    STARTED,
    COMPLETED,
    COMPLETED,
    COMPLETED,
)
ENDED = date(2026, 1, 30)


@act
def make_world():
    region = make_region()
    site, provider = make_site(make_employer(region)), make_provider(region)
    pledge = Pledge(employer_id=site.employer_id, answer="yes", n_places=12, made_at=AT)
    pledge.period, pledge.source = "2026", "invented"
    keep(pledge)
    placement = make_placement(site, 8)
    assignments = []
    for steps in WALKS:
        application = make_application(make_candidate(), provider)
        assignments.append(make_assignment(application, placement, *steps))
    for assignment in assignments[4:]:
        assignment.end_on = ENDED
        outcomes.add_end_checkpoints(assignment, ENDED)
    return SimpleNamespace(
        people=[assignment.candidate_id for assignment in assignments],
        operator=Actor(Role.OPERATOR, region_id=region.id),
        provider=Actor(Role.PROVIDER, make_account().id, provider.id),
        other=Actor(Role.APPROVER, region_id=make_region().id),
    )


@pytest.fixture
def world(app):
    with app.app_context():
        world = make_world()
        outcomes.fall_due(date(2026, 12, 31))
        yield world


def answer(world, person, question, kind):
    checkpoint = next(
        c
        for c in outcomes.list_checkpoints(world.provider)
        if c.kind == question and c.assignment_id == person
    )
    outcomes.record_outcome(world.provider, checkpoint.id, Answer(kind))


def numbers(actor):
    return {stage.name: stage.n for stage in list_funnel(actor)}


def test_list_funnel_counts_each_stage_once_for_each_person(world):
    assert numbers(world.operator) == {
        "pledged": 12,
        "published": 8,
        "matched": 7,
        "accepted": 5,
        "started": 4,
        "completed": 3,
        "destination": 0,
        "sustained": 0,
    }


def test_list_funnel_tells_no_from_not_known_yet(world):
    fifth, sixth, _seventh = 5, 6, 7
    for question in ("W4", "M3", "M6"):
        answer(world, fifth, question, OutcomeKind.JOB)
        answer(world, sixth, question, OutcomeKind.NEET_SEEK)
    stages = {stage.name: stage for stage in list_funnel(world.operator)}
    people = world.people
    assert stages["destination"].ids == stages["sustained"].ids == (people[4],)
    assert stages["destination"].unknown_ids == (people[6],)
    assert stages["sustained"].unknown_ids == (people[6],)
    assert stages["sustained"].early_ids == (people[3],)


def test_list_funnel_gives_two_rates_and_who_is_not_known(world):
    for question in ("W4", "M3", "M6"):
        answer(world, 5, question, OutcomeKind.JOB)
        answer(world, 6, question, OutcomeKind.NEET_SEEK)
    sustained = list_funnel(world.operator)[-1]
    assert (sustained.n, sustained.base, sustained.n_known) == (1, 3, 2)
    rates = (sustained.of_started, sustained.of_known, sustained.unknown_rate)
    assert rates == (33.3, 50.0, 33.3)


def test_list_funnel_counts_who_left_early_among_who_started(world):
    @act
    def leave():
        assignment = db.session.get_one(Assignment, 4)
        provider = ACTORS[Role.PROVIDER]
        transitions.move(
            assignment, Kind.ASSIGNMENT, "leave_early", provider, AT, reason="Invented"
        )
        free_place(assignment.placement, AT)
        assignment.end_on = ENDED
        outcomes.add_end_checkpoints(assignment, ENDED)

    leave()
    outcomes.fall_due(date(2026, 12, 31))
    answer(world, 4, "W4", OutcomeKind.JOB)
    stages = {stage.name: stage for stage in list_funnel(world.operator)}
    assert stages["destination"].ids == (world.people[3],)
    assert world.people[3] not in stages["completed"].ids


@pytest.mark.parametrize("key", KEYS)
def test_list_parts_add_up_to_the_whole(world, key):
    whole = {stage.name: stage for stage in list_funnel(world.operator)}
    parts = list_parts(world.operator, key)
    for name in {stage.name for part in parts for stage in part.stages}:
        found = [stage for part in parts for stage in part.stages if stage.name == name]
        assert sum(stage.n for stage in found) == whole[name].n
        assert {i for stage in found for i in stage.ids} == set(whole[name].ids)


def test_list_parts_by_group_counts_a_person_in_each_of_their_groups(world):
    @act
    def add_groups():
        for n, groups in enumerate((["care_leaver"], ["care_leaver", "neet"]), 1):
            db.session.get_one(Application, n).priority = groups

    add_groups()
    parts = list_parts(world.operator, "group")
    matched = {part.value: part.stages[0].ids for part in parts}
    people = world.people
    assert matched == {
        "care_leaver": tuple(people[:2]),
        "neet": (people[1],),
        "none": tuple(people[2:]),
    }


def test_list_parts_by_an_unknown_key_is_refused(world):
    with pytest.raises(Invalid, match="round, provider, employer"):
        list_parts(world.operator, "name")


def test_I39_every_number_is_the_count_of_the_records_it_shows(world):
    for stage in list_funnel(world.operator):
        if stage.counts == "people":
            assert stage.n == len(set(stage.ids))
            assert not set(stage.ids) & set(stage.unknown_ids)


def test_list_funnel_of_another_region_is_empty(world):
    assert set(numbers(world.other).values()) == {0}


def test_list_funnel_for_a_provider_is_refused(world):
    with pytest.raises(NotAllowed):
        list_funnel(world.provider)


def test_list_funnel_of_a_round_leaves_other_rounds_out(world):
    people = {s.name: s.n for s in list_funnel(world.operator, round_id=99) if s.counts == "people"}
    assert set(people.values()) == {0}
