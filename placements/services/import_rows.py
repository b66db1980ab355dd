"""What both importers share: a row refused at one column, and rows that are here already."""

from typing import Any

from placements.domain.errors import Invalid, Refusal


class RowRefused(Refusal):
    """A row cannot be kept; names the column and says what to write there."""

    def __init__(self, column: str, fix: str) -> None:
        super().__init__(fix)
        self.column = column
        self.fix = fix


def refuse_at(columns: dict[str, str], refusal: Invalid) -> RowRefused:
    """Turn a refused field into the column of the file that holds it."""
    return RowRefused(columns.get(refusal.field, refusal.field), str(refusal))


def check_same(record: Any, facts: dict[str, Any], columns: dict[str, str]) -> None:
    """Raise `RowRefused` unless the record that has this reference says what the row says."""
    for name, value in facts.items():
        if getattr(record, name) != value:
            fix = "This reference is here already with another value. Change it on its page."
            raise RowRefused(columns.get(name, name), fix)
