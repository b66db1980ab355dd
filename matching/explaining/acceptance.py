"""Deferred acceptance one person or one seat at a time, for asking what a small change would do.

Whatever order people come in, and whether a seat is taken away before or after they come, the
answer is the same: the stable match best for every person (Gale and Shapley,
doi:10.1080/00029890.1962.11989827; McVitie and Wilson, doi:10.1145/362619.362631). So everyone but
one, and everything with one seat more, are reached for all at once by halving, in
O(n log n) arrivals instead of O(n²). Lottery order and shortest journey first are the same
procedure with placements that all rank alike.
"""

from __future__ import annotations

import heapq
from collections.abc import Iterator, Sequence

Seen = tuple[int, ...]
Wish = tuple[int, Seen]


class Acceptance:
    """Who holds which seat while people are let in and seats are taken away.

    Parameters
    ----------
    wishes : sequence of list of (col, seen)
        For each person, best first; ``seen`` is how that column sees them, the largest first, all
        different in one column.
    seats : sequence of int
    hosts : sequence of int, optional
        For each column the host it belongs to, -1 for none.
    caps : sequence of int, optional
        The most that each host holds over all its columns; above it the host gives up whom it
        likes least (Fleiner, doi:10.1287/moor.28.1.103.14256).

    Examples
    --------
    >>> state = Acceptance([[(0, (1,))], [(0, (2,))]], [1])
    >>> state.let_in([0, 1])
    >>> state.match
    [-1, 0]
    """

    def __init__(
        self,
        wishes: Sequence[list[Wish]],
        seats: Sequence[int],
        hosts: Sequence[int] = (),
        caps: Sequence[int] = (),
    ) -> None:
        self.wishes, self.caps = wishes, caps
        self.hosts = hosts or [-1] * len(seats)
        self.seats = list(seats)
        self.asked = [0] * len(wishes)
        self.match = [-1] * len(wishes)
        self.held: list[list[tuple[Seen, int]]] = [[] for _ in seats]
        self.count = [0] * len(caps)

    def twin(self) -> Acceptance:
        """A copy that goes its own way."""
        other = object.__new__(Acceptance)
        other.wishes, other.hosts, other.caps = self.wishes, self.hosts, self.caps
        other.seats, other.asked, other.match = self.seats[:], self.asked[:], self.match[:]
        other.held, other.count = [line[:] for line in self.held], self.count[:]
        return other

    def let_in(self, people: Sequence[int]) -> None:
        """Let people ask for what they would like, until each holds a seat or has asked for all."""
        for person in people:
            self._propose(person)

    def _propose(self, person: int) -> None:
        while self.asked[person] < len(self.wishes[person]):
            col, seen = self.wishes[person][self.asked[person]]
            self.asked[person] += 1
            self.match[person] = col
            loser = self._hold(col, seen, person)
            if loser < 0:
                return
            self.match[loser] = -1
            person = loser

    def _hold(self, col: int, seen: Seen, person: int) -> int:
        """Take someone in; return who has to leave for it, or -1."""
        if len(self.held[col]) >= self.seats[col]:
            return heapq.heappushpop(self.held[col], (seen, person))[1]
        heapq.heappush(self.held[col], (seen, person))
        host = self.hosts[col]
        if host < 0:
            return -1
        self.count[host] += 1
        if self.count[host] <= self.caps[host]:
            return -1
        self.count[host] -= 1
        return heapq.heappop(self.held[self._least_liked(host)])[1]

    def _least_liked(self, host: int) -> int:
        own = [at for at, one in enumerate(self.hosts) if one == host and self.held[at]]
        return min(own, key=lambda at: (self.held[at][0][0], -at))

    def takes(self, col: int, seen: Seen) -> bool:
        """Whether a column would not send someone seen like this away at once."""
        held, host = self.held[col], self.hosts[col]
        if len(held) >= self.seats[col]:
            return bool(held) and held[0][0] < seen
        if host < 0 or self.count[host] < self.caps[host]:
            return True
        return self.held[self._least_liked(host)][0][0] < seen if self.count[host] else False

    def with_wishes(self, person: int, wishes: list[Wish]) -> int:
        """The column that a person not yet let in would hold with these wishes, or -1."""
        other = self.twin()
        other.wishes = list(self.wishes)
        other.wishes[person] = wishes
        other._propose(person)
        return other.match[person]

    def take_seat(self, col: int) -> None:
        """Take one seat away; whoever must leave asks on."""
        self.seats[col] -= 1
        if len(self.held[col]) > self.seats[col]:
            _, loser = heapq.heappop(self.held[col])
            self.match[loser] = -1
            self._propose(loser)


def without_each(empty: Acceptance, people: Sequence[int]) -> Iterator[tuple[int, Acceptance]]:
    """For each of ``people``, the state with everyone in but them; nobody is in ``empty``.

    Examples
    --------
    >>> both = [[(0, (1,))], [(0, (2,))]]
    >>> [(one, state.match) for one, state in without_each(Acceptance(both, [1]), [0, 1])]
    [(0, [-1, 0]), (1, [0, -1])]
    """
    state, asked = empty.twin(), set(people)
    state.let_in([person for person in range(len(state.wishes)) if person not in asked])
    yield from _without(state, list(people))


def _without(state: Acceptance, people: list[int]) -> Iterator[tuple[int, Acceptance]]:
    if len(people) == 1:
        yield people[0], state
    elif people:
        half = len(people) // 2
        for out, others in ((people[:half], people[half:]), (people[half:], people[:half])):
            part = state.twin()
            part.let_in(others)
            yield from _without(part, out)


def one_more_each(empty: Acceptance, cols: Sequence[int]) -> Iterator[tuple[int, Acceptance]]:
    """For each of ``cols``, the state with everyone in and one seat more there.

    Without caps of hosts, under which a seat taken away could let somebody back in elsewhere.

    Examples
    --------
    >>> both = [[(0, (1,))], [(0, (2,))]]
    >>> [(col, state.match) for col, state in one_more_each(Acceptance(both, [1]), [0])]
    [(0, [0, 0])]
    """
    state = empty.twin()
    for col in cols:
        state.seats[col] += 1
    state.let_in(range(len(state.wishes)))
    yield from _one_more(state, list(cols))


def _one_more(state: Acceptance, cols: list[int]) -> Iterator[tuple[int, Acceptance]]:
    if len(cols) == 1:
        yield cols[0], state
    elif cols:
        half = len(cols) // 2
        for kept, others in ((cols[:half], cols[half:]), (cols[half:], cols[:half])):
            part = state.twin()
            for col in others:
                part.take_seat(col)
            yield from _one_more(part, kept)
