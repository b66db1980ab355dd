"""The lifecycle tables are sound: every state can be reached, nothing leaves a terminal one."""

import itertools

import pytest

from placements.domain.errors import IllegalMove, NotAllowed
from placements.domain.lifecycles import (
    LIFECYCLES,
    NONE,
    Lifecycle,
    check_role,
    find_move,
    list_allowed_actions,
)
from placements.domain.vocabulary import (
    HELD_ASSIGNMENT_STATES,
    OPEN_APPLICATION_STATES,
    Kind,
    Role,
)

TABLES = pytest.mark.parametrize("table", LIFECYCLES.values(), ids=lambda t: t.kind.value)


def reachable(table: Lifecycle) -> set[str]:
    seen, todo = set(), [NONE]
    while todo:
        state = todo.pop()
        nexts = {target for source, _, target in table.edges if source == state} - seen
        seen |= nexts
        todo.extend(nexts)
    return seen


@TABLES
def test_every_state_from_nothing_is_reachable(table):
    assert reachable(table) == set(table.states)


@TABLES
def test_every_action_from_one_state_has_one_target(table):
    pairs = [(source, action) for source, action, _ in table.edges]
    assert len(pairs) == len(set(pairs))


@TABLES
def test_every_move_has_somebody_who_may_make_it(table):
    assert all(move.roles for move in table.moves)


@TABLES
def test_every_illegal_pair_is_refused(table):
    legal = {(source, action) for source, action, _ in table.edges}
    actions = {action for _, action, _ in table.edges}
    for state, action in itertools.product(table.states, actions):
        if (state, action) not in legal:
            with pytest.raises(IllegalMove, match="Nothing changed"):
                find_move(table.kind, state, action)


@TABLES
def test_every_role_not_named_is_refused(table):
    for move in table.moves:
        for role in set(Role) - move.roles:
            with pytest.raises(NotAllowed):
                check_role(move, role)


@pytest.mark.parametrize(
    ("kind", "terminal"),
    [
        (Kind.ROUND, {"final", "cancelled"}),
        (Kind.PLACEMENT, {"closed", "withdrawn"}),
        (Kind.APPLICATION, {"anonymised"}),
        (
            Kind.ASSIGNMENT,
            {
                "declined",
                "lapsed",
                "offer_withdrawn",
                "cancelled_by_candidate",
                "cancelled_by_employer",
                "cancelled_by_staff",
                "did_not_start",
                "completed",
                "left_early",
                "ended_by_employer",
                "released",
            },
        ),
    ],
)
def test_terminal_states_are_those_of_the_domain(kind, terminal):
    assert set(LIFECYCLES[kind].terminal_states) == terminal


def test_named_groups_of_states_are_states():
    assert set(HELD_ASSIGNMENT_STATES) < set(LIFECYCLES[Kind.ASSIGNMENT].states)
    assert set(OPEN_APPLICATION_STATES) < set(LIFECYCLES[Kind.APPLICATION].states)


def test_list_allowed_actions_for_a_young_person_with_an_offer_is_yes_no_or_cancel():
    actions = list_allowed_actions(Kind.ASSIGNMENT, "offered", [Role.YOUNG_PERSON])
    assert actions == ("accept", "decline", "cancel_by_candidate")


def test_list_allowed_actions_to_approve_a_round_is_the_approvers_alone():
    assert list_allowed_actions(Kind.ROUND, "proposed", [Role.APPROVER]) == ("approve",)
    assert "approve" not in list_allowed_actions(Kind.ROUND, "proposed", [Role.OPERATOR])
