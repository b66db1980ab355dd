"""Somebody who reads every published number and subtracts."""

from itertools import combinations

from placements.domain.disclosure import FEW, Cell


def attack(people, hidden):
    """Find every count of one to four people that shown numbers give: a second piece of code.

    It takes each pair of shown cells of which one lies in the other, and each shown cell less the
    rows of one column that lie in it: all of them, and where they share people any that do not.
    """
    shown = {cell: set(found) for cell, found in people.items() if cell not in hidden}
    found = [cell for cell, who in shown.items() if 0 < len(who) < FEW]
    for (a, first), (b, second) in combinations(shown.items(), 2):
        small, large = sorted((first, second), key=len)
        if small <= large and 0 < len(large - small) < FEW:
            found.append((a, b))
    columns = {}
    for cell, who in shown.items():
        columns.setdefault((cell.table, cell.column), []).append(who)
    for cell, whole in shown.items():
        for column, all_rows in columns.items():
            rows = [who for who in all_rows if who and who <= whole]
            if sum(map(len, rows)) > len(set().union(*rows)):
                leaks = leaves_few(whole, rows)
            else:
                leaks = 0 < len(whole) - sum(map(len, rows)) < FEW
            found += [(cell, column)] * (leaks and len(rows) > 1)
    return found


def leaves_few(rest, rows):
    """Say if any rows that share nobody are all of `rest` but one to four people."""
    rows = [row for row in rows if row <= rest]
    if len(rest.difference(*rows)) >= FEW:
        return False
    for at, row in enumerate(rows):
        if 0 < len(rest - row) < FEW or leaves_few(rest - row, rows[at + 1 :]):
            return True
        if len(rest.difference(*rows[at + 1 :])) >= FEW:
            return False
    return False


def read_shown(figures):
    """Return every number of people that a file of figures shows, by cell; `figures` is JSON."""
    tables = [(table["by"], table) for table in figures["tables"]]
    if figures["now"]:
        tables.append((figures["now"]["by"], figures["now"]))
    for one in figures["rounds"]:
        tables += [(f"{table['by']} in {one['name']}", table) for table in one["tables"]]
    return {
        Cell(name, row["name"], column): n
        for name, table in tables
        for row in table["rows"]
        for column, n in row["counts"].items()
        if n is not None and column not in ("places", "gap")
    }
