"""Somebody who reads every published number and subtracts."""

from itertools import combinations

from placements.domain.disclosure import FEW


def attack(people, hidden):
    """Find every count of one to four people that shown numbers give: a second piece of code.

    It takes each pair of shown cells of which one lies in the other, and each shown cell less any
    of the rows of one column that lie in it and share nobody.
    """
    shown = {cell: set(found) for cell, found in people.items() if cell not in hidden}
    found = [cell for cell, who in shown.items() if 0 < len(who) < FEW]
    for (a, first), (b, second) in combinations(shown.items(), 2):
        small, large = sorted((first, second), key=len)
        if small <= large and 0 < len(large - small) < FEW:
            found.append((a, b))
    for cell, whole in shown.items():
        for column in {(c.table, c.column) for c in shown}:
            rows = [
                who for c, who in shown.items() if (c.table, c.column) == column and who <= whole
            ]
            rest = whole.difference(*rows) if rows and set().union(*rows) != whole else set()
            if len(rows) > 1 and 0 < len(rest) < FEW:
                found.append((cell, column))
    return found
