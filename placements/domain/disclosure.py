"""Which published numbers must be kept back so that no few people can be read out of them.

A number of one to four people is kept back. So is a number from which, less others that are
published, one to four people remain: the rest of a total when the shown parts are taken off, or
what one step of the funnel lost to the next.
"""

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import NamedTuple

FEW = 5


class Cell(NamedTuple):
    """One number of a published table: which table, which row, which column."""

    table: str
    row: str
    column: str


Column = tuple[str, str]
Inside = Mapping[Cell, Mapping[Column, Sequence[Cell]]]
"""For each cell, by table and column, the others that count only people of its own."""


def list_kept_back(people: Mapping[Cell, Collection[int]], least: int = FEW) -> frozenset[Cell]:
    """Return the cells that must not be shown, given whom each cell counts.

    Whatever may be subtracted is looked for by the people themselves: from every shown cell, the
    cells of a table's column that count only people of its own, each alone, all of them, and
    where rows share people every choice of rows that share nobody. So a pair of tables is safe
    together whether they were made to add up or happen to. The cell with the fewest people goes
    first, so that totals stay as long as they can.
    """
    bits = _as_bits(people)
    shown = {cell: found for cell, found in bits.items() if not 0 < found.bit_count() < least}
    inside, sharing = _find_inside(shown), _find_sharing(shown)
    found_some = True
    while found_some:
        found_some = False
        for leaking in _leaks(dict(shown), inside, sharing, least):
            if all(cell in shown for cell in leaking):
                del shown[min(leaking, key=lambda cell: (shown[cell].bit_count(), cell))]
                found_some = True
    return frozenset(bits) - frozenset(shown)


def _as_bits(people: Mapping[Cell, Collection[int]]) -> dict[Cell, int]:
    """Give each person a bit, so that a set of people is one number."""
    everybody = sorted({person for found in people.values() for person in found})
    at = {person: n for n, person in enumerate(everybody)}
    return {
        cell: int.from_bytes(_mask(found, at, len(everybody)), "little")
        for cell, found in people.items()
    }


def _mask(found: Collection[int], at: Mapping[int, int], n: int) -> bytes:
    mask = bytearray(n // 8 + 1)
    for person in found:
        mask[at[person] // 8] |= 1 << at[person] % 8
    return bytes(mask)


def _find_inside(shown: Mapping[Cell, int]) -> Inside:
    some = [(cell, found) for cell, found in shown.items() if found]
    inside: dict[Cell, dict[Column, list[Cell]]] = {}
    for whole, people in some:
        outside = ~people
        of_whole: dict[Column, list[Cell]] = defaultdict(list)
        for cell, found in some:
            if not found & outside and cell != whole:
                of_whole[cell.table, cell.column].append(cell)
        inside[whole] = of_whole
    return inside


def _find_sharing(shown: Mapping[Cell, int]) -> frozenset[Column]:
    """Return the columns of which two rows count the same person."""
    seen: dict[Column, int] = defaultdict(int)
    sharing = set()
    for cell, found in shown.items():
        column = cell.table, cell.column
        if seen[column] & found:
            sharing.add(column)
        seen[column] |= found
    return frozenset(sharing)


def _leaks(
    shown: Mapping[Cell, int], inside: Inside, sharing: frozenset[Column], least: int
) -> Iterator[list[Cell]]:
    """Yield the cells of each subtraction that leaves too few."""
    for whole, columns in inside.items():
        if whole not in shown:
            continue
        for column, cells in columns.items():
            parts = [cell for cell in cells if cell in shown]
            for taken in _subtractions(shown, whole, parts, column in sharing, least):
                yield [whole, *taken]


def _subtractions(
    shown: Mapping[Cell, int], whole: Cell, parts: list[Cell], share: bool, least: int
) -> Iterator[list[Cell]]:
    people = shown[whole]
    for part in parts:
        if 0 < people.bit_count() - shown[part].bit_count() < least:
            yield [part]
    if share:
        yield from _apart(shown, people, parts, least)
    elif parts:
        rest = people
        for part in parts:
            rest &= ~shown[part]
        if 0 < rest.bit_count() < least:
            yield parts


def _apart(
    shown: Mapping[Cell, int], people: int, parts: list[Cell], least: int
) -> Iterator[list[Cell]]:
    """Yield each choice of rows that share nobody and leave too few.

    Person by person: the first who is not taken yet is left, or taken with a row that counts
    them; so few may be left that most ways end soon.
    """
    ways: list[tuple[int, int, list[Cell]]] = [(people, 0, [])]
    while ways:
        open_, n_left, taken = ways.pop()
        if not open_:
            if n_left and len(taken) > 1:
                yield taken
            continue
        first = open_ & -open_
        if n_left + 1 < least:
            ways.append((open_ ^ first, n_left + 1, taken))
        for part in parts:
            found = shown[part]
            if found & first and not found & ~open_:
                ways.append((open_ & ~found, n_left, [*taken, part]))
