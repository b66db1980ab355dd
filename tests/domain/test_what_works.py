"""What goes with work or learning that lasts, of published figures alone."""

import pytest

from placements.domain import what_works
from placements.domain.figures import Counted, make_figures
from placements.domain.measures import wilson
from placements.domain.what_works import list_works, list_works_lines, say_what_goes_with


def rate(name, sustained, known):
    low, high = (round(100 * end, 1) for end in wilson(sustained, known))
    return what_works.Rate(name, known, known, sustained, 100 * sustained / known, low, high)


def test_say_what_goes_with_names_both_rows_and_never_a_cause():
    words = say_what_goes_with([rate("Under 16", 10, 60), rate("30 and over", 50, 60)])
    assert words.startswith(
        "A higher rate goes with “30 and over” (83 in 100) than with “Under 16”"
    )
    assert "cause" not in words
    assert "does not say that one brings the other" in words


def test_say_what_goes_with_blames_no_chance():
    words = say_what_goes_with([rate("Under 16", 6, 12), rate("30 and over", 8, 12)])
    assert words == "No clear difference: chance alone may show as much."
    assert say_what_goes_with([rate("Under 16", 6, 12)]) == "Too few people are known to compare."


@pytest.mark.parametrize(
    ("key", "n", "name"),
    [
        ("hours", 15.9, "Under 16"),
        ("hours", 16, "16 to 23"),
        ("hours", 30, "30 and over"),
        ("travel", 15, "Up to 15"),
        ("travel", 16, "16 to 30"),
        ("delay", 60, "31 to 60"),
        ("delay", 61, "61 and over"),
        ("support", 0, "Nothing"),
        ("support", 2, "1 or 2 things"),
        ("travel", None, "Not known"),
    ],
)
def test_band_begins_where_the_one_before_ends(key, n, name):
    assert what_works.band(key, n) == name


def test_list_works_gives_counts_rates_and_intervals_and_keeps_few_back():
    people = frozenset(range(40))
    whole = dict.fromkeys(("started", "known_sustained"), people) | {
        "sustained": frozenset(range(30))
    }
    few = dict.fromkeys(("started", "known_sustained", "sustained"), frozenset(range(3)))
    counted = Counted({"hours": {"16 to 23": whole, "Under 16": few}})
    figures = make_figures("Invented", what_works.date(2026, 11, 25), counted)
    hours = next(one for one in list_works(figures.tables) if one.key == "hours")
    told, hidden = hours.rates
    assert (told.started, told.known, told.sustained, told.percent) == (40, 40, 30, 75.0)
    assert (told.low, told.high) == tuple(round(100 * end, 1) for end in wilson(30, 40))
    assert hidden[1:] == (None,) * 6
    assert ("hours", "Under 16", None, None, None, None, None, None) in list_works_lines([hours])


def test_list_works_names_kinds_of_work_in_the_table_and_in_the_sentence():
    def counts(first, n, n_lasted):
        everybody = frozenset(range(first, first + n))
        lasted = {"sustained": frozenset(range(first, first + n_lasted))}
        return dict.fromkeys(("started", "known_sustained"), everybody) | lasted

    counted = Counted({"sector": {"office": counts(0, 60, 10), "land": counts(60, 60, 50)}})
    figures = make_figures("Invented", what_works.date(2026, 11, 25), counted)
    names = {"office": "Office and business", "land": "Land, animals and green jobs"}
    sectors = next(one for one in list_works(figures.tables, names) if one.key == "sector")
    assert {rate.name for rate in sectors.rates} == set(names.values())
    assert "“Land, animals and green jobs”" in sectors.words
    assert "“Office and business”" in sectors.words
