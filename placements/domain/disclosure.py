"""Which published numbers must be kept back so that no few people can be read out of them.

A number of one to four people is kept back. So is a number from which, less others that are
published, one to four people remain: the rest of a total when the shown parts are taken off, or
what one step of the funnel lost to the next.
"""

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping
from typing import NamedTuple

FEW = 5


class Cell(NamedTuple):
    """One number of a published table: which table, which row, which column."""

    table: str
    row: str
    column: str


def list_kept_back(people: Mapping[Cell, Collection[int]], least: int = FEW) -> frozenset[Cell]:
    """Return the cells that must not be shown, given whom each cell counts.

    Whatever may be subtracted is looked for by the people themselves: from every shown cell, the
    cells of a table's column that count only people of its own. So a pair of tables is safe
    together whether they were made to add up or happen to. The cell with the fewest people goes
    first, so that totals stay as long as they can. Rows of a table may overlap; a sum over them
    then says less than is assumed here, never more.
    """
    bits = _as_bits(people)
    shown = {cell: found for cell, found in bits.items() if not 0 < found.bit_count() < least}
    found_some = True
    while found_some:
        found_some = False
        for leaking in _leaks(dict(shown), least):
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


def _leaks(shown: Mapping[Cell, int], least: int) -> Iterator[list[Cell]]:
    """Yield the cells of each subtraction that leaves too few."""
    columns: dict[tuple[str, str], dict[Cell, int]] = defaultdict(dict)
    for cell, found in shown.items():
        if found:
            columns[cell.table, cell.column][cell] = found
    for cell, whole in shown.items():
        for rows in columns.values():
            inside = [other for other, part in rows.items() if part & ~whole == 0 and other != cell]
            rest = whole
            for other in inside:
                rest &= ~rows[other]
            if inside and 0 < rest.bit_count() < least:
                yield [cell, *inside]
            for other in inside:
                if 0 < whole.bit_count() - rows[other].bit_count() < least:
                    yield [cell, other]
