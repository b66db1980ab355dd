"""No few people can be read out of published numbers, alone or by subtraction."""

import random

import pytest
from factories.attacks import attack

from placements.domain.disclosure import Cell, list_kept_back


def table(name, column, **rows):
    return {Cell(name, row, column): set(who) for row, who in rows.items()}


def test_list_kept_back_hides_small_numbers_and_shows_none_and_five():
    people = table("t", "n", none=(), one=range(1), four=range(10, 14), five=range(20, 25))
    assert {cell.row for cell in list_kept_back(people)} == {"one", "four"}


def test_list_kept_back_hides_a_second_row_where_a_total_would_give_the_first():
    people = table("all", "n", all=range(30)) | table(
        "t", "n", small=range(3), middle=range(3, 10), large=range(10, 30)
    )
    assert {cell.row for cell in list_kept_back(people)} == {"small", "middle"}


def test_list_kept_back_leaves_two_small_rows_that_hide_one_another():
    people = table("all", "n", all=range(30)) | table(
        "t", "n", small=range(3), other=range(3, 7), large=range(7, 30)
    )
    assert {cell.row for cell in list_kept_back(people)} == {"small", "other"}


def test_list_kept_back_hides_a_step_that_lost_few():
    people = table("t", "started", row=range(20)) | table("t", "completed", row=range(18))
    assert [cell.column for cell in list_kept_back(people)] == ["completed"]


def test_list_kept_back_sees_two_tables_that_happen_to_meet():
    people = table("district", "n", walsall=range(20)) | table(
        "provider", "n", ash=range(9), birch=range(9, 17), cedar=range(30, 60)
    )
    assert {cell.row for cell in list_kept_back(people)} == {"birch"}


def test_list_kept_back_takes_off_rows_that_share_nobody_where_others_do():
    """Everybody is in a row, so nobody is left of all rows; two rows apart leave two people."""
    people = table("all", "n", all=range(40)) | table(
        "group", "n", none=range(10), care=range(10, 38), carer=range(20, 40)
    )
    assert attack(people, frozenset()) != []
    assert {cell.row for cell in list_kept_back(people)} == {"none"}
    assert attack(people, list_kept_back(people)) == []


@pytest.mark.parametrize("seed", range(6))
def test_list_kept_back_withstands_the_attack(seed):
    dice = random.Random(seed)
    print(f"seed {seed}")
    people = {}
    everybody = range(dice.choice((12, 60, 150)))
    steps = [set(everybody)]
    for _ in range(3):
        steps.append({who for who in steps[-1] if dice.random() < dice.choice((0.6, 0.9, 0.98))})
    for name, n_rows in (("all", 1), ("a", 3), ("b", 5), ("c", 8)):
        row_of = {who: dice.randrange(n_rows) ** 2 % n_rows for who in everybody}
        for column, step in enumerate(steps):
            for row in range(n_rows):
                who = {one for one in step if row_of[one] == row}
                people[Cell(name, str(row), str(column))] = who
    told = [{who for who in everybody if dice.random() < 0.4} for _ in range(3)]
    told.append(set(everybody).difference(*told))
    people |= {Cell("group", str(n), "0"): who for n, who in enumerate(told)}
    hidden = list_kept_back(people)
    assert attack(people, hidden) == []
    assert attack(people, frozenset()) != []
    assert len(hidden) < len(people)
