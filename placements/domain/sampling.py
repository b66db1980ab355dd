"""Which answers are looked at again: a share of each provider's, drawn by a seed."""

import hashlib
import math
from collections.abc import Iterable

SHARE, FEWEST, MOST = 0.2, 2, 20


def sample_size(n: int) -> int:
    """Return how many of `n` answers are looked at: a fifth, at least 2 and at most 20."""
    return min(n, max(FEWEST, min(MOST, math.ceil(SHARE * n))))


def draw_sample(ids: Iterable[int], seed: int) -> list[int]:
    """Return the ids to look at, in order; the same seed draws the same of the same answers.

    Each id has a place in line by the seed alone, so one more answer moves at most one other out.
    """
    line = sorted(set(ids), key=lambda one: (_place(one, seed), one))
    return sorted(line[: sample_size(len(line))])


def _place(one: int, seed: int) -> bytes:
    return hashlib.sha256(f"{seed}:{one}".encode()).digest()
