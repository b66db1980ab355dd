"""Deferred acceptance by small steps, held to running the whole again in one go."""

import numpy as np
import pytest

from matching.explaining.acceptance import Acceptance, one_more_each, without_each

SEEDS = range(120)


def draw(seed):
    rng = np.random.default_rng(seed)
    n, m = int(rng.integers(1, 9)), int(rng.integers(1, 5))
    standing = np.array([rng.permutation(n) for _ in range(m)])
    wishes = []
    for person in range(n):
        cols = rng.permutation(m)[: int(rng.integers(0, m + 1))]
        wishes.append([(int(col), (-int(standing[col, person]),)) for col in cols])
    return wishes, rng.integers(0, 3, m).tolist(), standing, rng


def plain(wishes, seats, left_out=()):
    """The textbook procedure in rounds: all who hold nothing ask at once, places keep the best."""
    match = [-1] * len(wishes)
    asked = [0] * len(wishes)
    while True:
        asking = [
            i
            for i in range(len(wishes))
            if match[i] < 0 and asked[i] < len(wishes[i]) and i not in left_out
        ]
        if not asking:
            return match
        for i in asking:
            match[i] = wishes[i][asked[i]][0]
            asked[i] += 1
        for col, room in enumerate(seats):
            here = [i for i in range(len(wishes)) if match[i] == col]
            here.sort(key=lambda i, col=col: dict(wishes[i])[col], reverse=True)
            for loser in here[room:]:
                match[loser] = -1


def test_let_in_any_order_equals_the_textbook_rounds():
    for seed in SEEDS:
        wishes, seats, _, rng = draw(seed)
        print("seed", seed)
        state = Acceptance(wishes, seats)
        state.let_in(rng.permutation(len(wishes)).tolist())
        assert state.match == plain(wishes, seats)


def test_without_each_equals_running_without_them():
    for seed in SEEDS:
        wishes, seats, standing, rng = draw(seed)
        print("seed", seed)
        people = [i for i in range(len(wishes)) if rng.random() < 0.7]
        found = dict(without_each(Acceptance(wishes, seats), people))
        assert list(found) == people
        for person, state in found.items():
            assert state.match == plain(wishes, seats, {person})
            cols = rng.permutation(len(seats)).tolist()
            wider = [(col, (-int(standing[col, person]),)) for col in cols]
            again = [*wishes[:person], wider, *wishes[person + 1 :]]
            assert state.with_wishes(person, wider) == plain(again, seats)[person]
            assert state.match == plain(wishes, seats, {person})


def test_one_more_each_equals_running_with_one_more():
    for seed in SEEDS:
        wishes, seats, _, _ = draw(seed)
        print("seed", seed)
        found = dict(one_more_each(Acceptance(wishes, seats), range(len(seats))))
        for col in range(len(seats)):
            more = [room + (at == col) for at, room in enumerate(seats)]
            assert found[col].match == plain(wishes, more)


def test_take_seat_equals_running_with_one_fewer():
    for seed in SEEDS:
        wishes, seats, _, _ = draw(seed)
        print("seed", seed)
        for col in np.flatnonzero(seats).tolist():
            state = Acceptance(wishes, seats)
            state.let_in(range(len(wishes)))
            state.take_seat(col)
            fewer = [room - (at == col) for at, room in enumerate(seats)]
            assert state.match == plain(wishes, fewer)


@pytest.mark.parametrize("nobody", [[], [[]]])
def test_without_each_nobody_to_ask_about_is_empty(nobody):
    assert list(without_each(Acceptance(nobody, [1]), [])) == []
