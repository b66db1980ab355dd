"""The one plan among equally good ones: rebuilt from the tight pairs alone, by lottery order.

Which best match a solver finds depends on the solver. Which pairs are tight under the smallest
prices does not, and every best match uses tight pairs only, holds everyone whose price is below
that of staying out, and fills every placement that has a price (complementary slackness). The
match made here looks at nothing else.
"""

from __future__ import annotations

import dataclasses
import importlib.util
from collections.abc import Callable

import numpy as np
import numpy.typing as npt

from matching.augmenting import fill, seat, settle
from matching.columnar.columns import Ints
from matching.errors import MatchingError

Bools = npt.NDArray[np.bool_]
LARGE = 100_000


@dataclasses.dataclass(frozen=True, slots=True)
class Tight:
    """The tight pairs by row then column, int[T], and what every best match holds.

    ``must_row`` bool[N]: the person is placed in every best match; ``must_col`` bool[M]: the
    placement is full in every best match.
    """

    rows: Ints
    cols: Ints
    must_row: Bools
    must_col: Bools
    capacities: Ints


def first_match(tight: Tight) -> Ints:
    """The match of the tight pairs in which the lottery order decides, int64[N], -1 for none.

    Raises
    ------
    MatchingError
        When no match holds all that must be held: the prices were not of a best match.

    Notes
    -----
    Whatever is forced is settled first: a person with one pair left, a placement with no more
    people than places. What stays is seated person by person from the lowest lottery number, the
    first free placement in lottery order first, by shortest chains of moves; then every
    placement that must be full takes people in the same way (Kuhn, doi:10.1002/nav.3800020109;
    the two halves fit together by Mendelsohn and Dulmage, doi:10.4153/CJM-1958-027-8).
    """
    match = np.full(len(tight.must_row), -1, dtype=np.int64)
    open_to = tight.capacities[tight.cols] > 0
    people, row_at = np.unique(tight.rows[open_to], return_inverse=True)
    places, col_at = np.unique(tight.cols[open_to], return_inverse=True)
    order = np.argsort(col_at, kind="stable")
    graph = (_starts(row_at, len(people)), col_at, _starts(col_at, len(places)), row_at[order])
    held, left = np.full(len(people), -1, dtype=np.int64), tight.capacities[places].astype(np.int64)
    must = tight.must_row[people], tight.must_col[places]
    steps = _steps(len(row_at))
    fits = steps[0](*graph, held, left, np.concatenate(must)) and steps[1](
        *graph, held, left, must[0]
    )
    fits = fits and steps[2](*graph, held, left, must[1])
    match[people] = np.where(held >= 0, places[held], -1)
    full = np.bincount(match[match >= 0], minlength=len(tight.capacities)) == tight.capacities
    if not fits or (match[tight.must_row] < 0).any() or not full[tight.must_col].all():
        raise MatchingError("match: the tight pairs hold no best match")
    return match


def _starts(at: Ints, size: int) -> Ints:
    starts = np.zeros(size + 1, dtype=np.int64)
    np.cumsum(np.bincount(at, minlength=size), out=starts[1:])
    return starts


def _steps(n_pairs: int) -> tuple[Callable[..., bool], ...]:
    """The three steps, compiled where there is much to do and a compiler."""
    steps = (settle, seat, fill)
    if n_pairs < LARGE or importlib.util.find_spec("numba") is None:
        return steps
    from matching.assignment.kernel.compiling import compiled

    return tuple(compiled(step) for step in steps)
