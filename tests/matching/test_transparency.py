"""The transparency record: every field of the standard, and no figure that the plan has not."""

import dataclasses
import re

import pytest

from matching import PlanError, solve
from matching.policy import MECHANISMS
from matching.transparency import as_markdown, transparency
from matching.transparency_words import FIELDS, SECTIONS

# Numbers of the fields of the standard's own table, v3.0 of March 2024.
STANDARD = (
    [f"0.{n}" for n in range(1, 16)]
    + [f"1.{n}" for n in range(1, 5)]
    + ["2.1.1", "2.1.2", "2.1.3", "2.1.4"]
    + [f"2.1.4.{n}" for n in range(1, 6)]
    + [f"2.2.{n}" for n in range(1, 6)]
    + [f"2.3.{n}" for n in range(1, 7)]
    + [f"2.4.1.{n}" for n in range(1, 5)]
    + [f"2.4.2.{n}" for n in range(1, 10)]
    + [f"2.4.3.{n}" for n in range(1, 12)]
    + ["2.5.1", "2.5.2"]
)


def test_record_has_every_field_of_the_standard_in_its_order():
    assert [number for number, *_ in FIELDS] == STANDARD
    attributes = [attribute for _, attribute, _, _ in FIELDS]
    assert {name for name in attributes if attributes.count(name) > 1} == {"phase"}


def test_record_figures_are_those_of_the_plan(city, city_plan):
    record = {field.attribute: field.text for field in transparency(city, city_plan, {}, "1.2")}
    n_first = sum(a.choice == 1 for a in city_plan.assignments)
    assert f"{len(city_plan.assignments)} of {len(city.candidates)} people" in record["benefit"]
    assert f"; {n_first} got their first choice" in record["benefit"]
    assert city_plan.sha256 in record["model_performance"]
    assert city.sha256 in record["model_performance"]
    assert record["model_version"] == "1.2"
    assert "Proven" in record["model_performance"]
    assert "care_leaver, long_neet" in record["sensitive_attributes"]
    assert not re.search(r"[{}]", "".join(filter(None, record.values())))


@pytest.mark.parametrize("mechanism", MECHANISMS)
def test_record_says_which_mechanism_ran_and_what_is_proven(city, mechanism):
    market = city.with_policy(dataclasses.replace(city.policy, mechanism=mechanism))
    record = {f.attribute: f.text for f in transparency(market, solve(market))}
    assert f"used {mechanism}." in record["alternatives_considered"]
    assert ("Proven" in record["benefit"]) == (mechanism == "optimal")


def test_record_leaves_to_the_authority_what_only_it_knows(city, city_plan):
    about = {"team": "Placements", "senior_responsible_owner": "Head of Skills"}
    record = transparency(city, city_plan, about | {"round_name": "Summer", "record_id": "7"})
    by_name = {field.attribute: field.text for field in record}
    assert by_name["team"] == "Placements"
    assert by_name["impact_assessment"] is None
    assert (by_name["id"], by_name["title"]) == ("7", "Placements: Summer")
    document = as_markdown(record)
    assert "### 2.5.1 Impact assessment\n\nTo be written by the authority.\n" in document
    assert document.count("\n## ") == len(SECTIONS)
    assert document.count("\n### ") == len(FIELDS)


def test_record_of_another_market_or_with_an_unknown_field_is_refused(city, city_plan):
    with pytest.raises(PlanError, match="another market"):
        transparency(city.with_capacity(city.placements[0].id, 9), city_plan)
    with pytest.raises(PlanError, match="'colour'"):
        transparency(city, city_plan, {"colour": "red"})
