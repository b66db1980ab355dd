"""Which answers are looked at again."""

import pytest

from placements.domain.sampling import draw_sample, sample_size


@pytest.mark.parametrize(
    ("n", "size"),
    [(0, 0), (1, 1), (2, 2), (9, 2), (10, 2), (11, 3), (50, 10), (100, 20), (5000, 20)],
)
def test_sample_size_is_a_fifth_from_two_to_twenty(n, size):
    assert sample_size(n) == size
    assert len(draw_sample(range(n), 7)) == size


def test_draw_sample_is_the_same_for_a_seed_and_another_for_another():
    ids = range(100, 160)
    assert draw_sample(ids, 7) == draw_sample(reversed(ids), 7)
    assert draw_sample(ids, 7) != draw_sample(ids, 8)


def test_draw_sample_takes_each_about_as_often():
    counts = dict.fromkeys(range(20), 0)
    for seed in range(2000):
        for one in draw_sample(range(20), seed):
            counts[one] += 1
    assert sum(counts.values()) == 4 * 2000
    assert all(320 < n < 480 for n in counts.values())


def test_draw_sample_with_one_more_answer_moves_at_most_one_out():
    for seed in range(50):
        before, after = set(draw_sample(range(40), seed)), set(draw_sample(range(41), seed))
        assert len(before - after) <= 1
