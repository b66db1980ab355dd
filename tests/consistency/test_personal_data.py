"""Every column is known: personal, with its purpose and its end, or not personal."""

from placements.domain.personal_data import (
    GUARDIAN,
    INVENTORY,
    NOT_PERSONAL,
    RETENTION,
    STAYS,
    YOUNG_PERSON,
    After,
)
from placements.extensions import Base
from placements.services.personal_rows import ROUTES

COLUMNS = {
    (table.name, column.name) for table in Base.metadata.tables.values() for column in table.columns
}
PERSONAL = [(field.table, field.column) for field in INVENTORY]
PLAIN = [(table, column) for table, columns in NOT_PERSONAL.items() for column in columns.split()]


def test_every_column_is_in_the_inventory_or_said_not_to_be_personal():
    assert sorted(PERSONAL + PLAIN) == sorted(COLUMNS)


def test_a_new_column_without_an_entry_is_found():
    assert sorted(PERSONAL + PLAIN) != sorted(COLUMNS | {("candidate", "shoe_size")})


def test_every_line_says_what_for_on_what_basis_how_long_and_who_sees():
    for field in INVENTORY:
        told = field.to_dict()
        assert (told["purpose"].startswith(("to ", "so that ")) and "UK GDPR" in told["basis"]) or (
            "(6(1)" in told["basis"] or "9(2)" in told["basis"]
        )
        assert told["retention"] in RETENTION.values()
        assert isinstance(field.seen_by, tuple)


def test_rows_of_a_young_person_can_be_found_in_every_table_that_holds_something_of_them():
    tables = {field.table for field in INVENTORY if field.whose in (YOUNG_PERSON, GUARDIAN)}
    assert tables - set(ROUTES) == {"plan"}  # sealed by reference alone, and it stays


def test_what_an_erasure_leaves_fits_its_column():
    for field in INVENTORY:
        column = Base.metadata.tables[field.table].columns[field.column]
        if field.erased_to is None:
            assert column.nullable, field
        elif not isinstance(field.erased_to, After):
            kind = column.type.python_type
            assert isinstance(field.erased_to, kind | list), field


def test_what_stays_of_a_young_person_is_no_text_of_theirs():
    """Ids, codes, counts and times stay; free text does not."""
    texts = {
        (field.table, field.column)
        for field in INVENTORY
        if field.erased_to is STAYS
        and field.whose == YOUNG_PERSON
        and getattr(Base.metadata.tables[field.table].columns[field.column].type, "length", 0)
        is None
    }
    assert texts == {("plan", "sealed")}
