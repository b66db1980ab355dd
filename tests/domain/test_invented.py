"""The invented region: its sizes, its laws, its marks, and the files written from it."""

import csv
from collections import Counter
from datetime import date
from pathlib import Path

import pytest

from placements.domain.eligibility import (
    ApplicationFacts,
    age_on,
    check_application,
    is_accepted,
)
from placements.domain.import_columns import APPLICATION_COLUMNS, PLACEMENT_COLUMNS
from placements.domain.invented import invent_region
from placements.domain.invented.rows import application_rows, placement_rows
from placements.domain.postcodes import Gazetteer
from placements.domain.region import load_region
from placements.domain.working_time import check_working_time

ROOT = Path(__file__).parents[2]
FILES = ROOT / "tests/data/west_midlands"
TODAY = date(2026, 11, 24)


def opened(folder):
    region = load_region(ROOT / folder)
    return region, Gazetteer.load(region.postcodes_path, region.sectors_path, region.district_of)


REGION, GAZETTEER = opened("config/regions/west_midlands")
WHOLE = invent_region(7, 3000, 350, REGION, GAZETTEER, TODAY)
SMALL_SIZES = {"n_employers": 12, "n_providers": 3}


def small(seed=7, **more):
    return invent_region(seed, 60, 25, REGION, GAZETTEER, TODAY, **SMALL_SIZES, **more)


def test_invent_region_default_sizes_are_exact():
    sizes = (len(WHOLE.people), len(WHOLE.placements), len(WHOLE.providers), len(WHOLE.employers))
    assert sizes == (3000, 350, 12, 140)
    assert sum(placement.capacity_likely for placement in WHOLE.placements) == 1060
    pledged = sum(employer.n_pledged for employer in WHOLE.employers)
    assert pledged >= 1060


def test_invent_region_same_seed_is_the_same_and_another_is_not():
    assert small() == small()
    assert small().people != small(seed=8).people


def test_invent_region_every_person_meets_the_rules_of_the_region():
    for person in WHOLE.people:
        facts = ApplicationFacts(
            date_of_birth=person.date_of_birth,
            starts_on=person.start_from,
            postcode=person.home.postcode,
            has_ehcp=person.has_ehcp,
            right_to_work_checked=person.right_to_work_checked,
            consented=person.consented,
            guardian_contact=person.guardian_contact or None,
        )
        answers = check_application(facts, REGION, TODAY)
        assert is_accepted(answers), (person.key, answers)


def test_invent_region_shifts_are_legal_unless_for_adults_only():
    for placement in WHOLE.placements:
        breaches = check_working_time(placement.shifts, placement.min_age)
        assert not [breach for breach in breaches if breach.stops], placement
        low, likely, most = (
            placement.capacity_min,
            placement.capacity_likely,
            placement.capacity_max,
        )
        assert 0 <= low <= likely <= most
        assert likely >= 1
        assert bool(placement.dbs_reason) == ("enhanced_dbs" in placement.needs)
    assert {placement.min_age for placement in WHOLE.placements} == {16, 18}


def test_invent_region_homes_are_real_postcodes_in_proportion_to_density():
    real = {postcode: (lat, lon) for postcode, lat, lon in GAZETTEER}
    for person in WHOLE.people:
        assert real[person.home.postcode] == (person.home.latitude, person.home.longitude)
    homes = Counter(person.home.district for person in WHOLE.people if person.home.district)
    points = {real[code]: REGION.district_of(code) for code in real}
    stock = Counter(district for district in points.values() if district)
    for district in REGION.districts:
        expected = stock[district] / stock.total()
        # Five standard errors of a share, so a fair draw does not fail and a skewed one does.
        spread = 5 * (expected * (1 - expected) / homes.total()) ** 0.5
        assert abs(homes[district] / homes.total() - expected) < spread, district


def test_invent_region_contacts_cannot_reach_anyone_and_are_not_shared():
    contacts = [
        *WHOLE.staff,
        *(member for owner in (*WHOLE.providers, *WHOLE.employers) for member in owner.members),
        *WHOLE.people,
    ]
    emails = [contact.email for contact in contacts]
    mobiles = [contact.mobile for contact in contacts if contact.mobile]
    assert all(email.endswith(".example") for email in emails)
    assert all(mobile.startswith("07700 900") and len(mobile) == 12 for mobile in mobiles)
    assert len(set(emails)) == len(emails)
    assert len(set(mobiles)) == len(mobiles) == 1000
    assert all(contact.name.endswith("(invented)") for contact in contacts)


def test_invent_region_choices_are_placements_the_person_may_take():
    placements = {placement.key: placement for placement in WHOLE.placements}
    for person in WHOLE.people:
        assert len(set(person.choices)) == len(person.choices) <= REGION.max_choices
        assert not set(person.choices) & set(person.never_placements)
        for key in person.choices:
            chosen = placements[key]
            starts = max(chosen.start_from, person.start_from)
            assert age_on(person.date_of_birth, starts) >= chosen.min_age
            assert chosen.sector not in person.never_sectors
            assert chosen.employer_key not in person.never_employers
            assert set(chosen.needs) <= set(person.needs_met)
    counts = Counter(len(person.choices) for person in WHOLE.people)
    assert set(counts) == set(range(7))
    assert any(person.never_employers for person in WHOLE.people)
    assert any(person.never_placements for person in WHOLE.people)


def test_invent_region_personas_of_the_demo_are_there():
    jayden, sana = WHOLE.people[:2]
    assert (jayden.preferred_name, jayden.home.district) == ("Jayden", "Walsall")
    assert age_on(jayden.date_of_birth, TODAY) == 18
    assert (sana.preferred_name, sana.home.district) == ("Sana", "Dudley")
    assert age_on(sana.date_of_birth, TODAY) == 17
    assert len(jayden.choices) == REGION.max_choices
    assert (sana.modes, sana.max_minutes) == (("walk",), 20)
    employer, provider = WHOLE.employers[0], WHOLE.providers[0]
    assert employer.name.startswith("Lockside Precision")
    assert employer.sites[0].place.postcode.startswith("DY4 ")
    assert employer.members[0].name.startswith("Priya Nair")
    assert provider.members[0].name.startswith("Marcus Bell")
    assert [(person.name.split(" (")[0], person.role) for person in WHOLE.staff] == [
        ("Dawn Ellis", "operator"),
        ("Tomasz Rak", "approver"),
    ]


def test_invent_region_canaries_mark_every_personal_text_once():
    marked = small(canaries=True)
    for person in marked.people:
        assert person.name == f"CANARY-{person.key}-name"
        assert person.preferred_name == f"CANARY-{person.key}-preferred"
        assert person.email == f"canary-{person.key.lower()}-email@young.example"
        if person.guardian_contact:
            assert person.guardian_contact.startswith(f"canary-g-{person.key.lower()}")
        if person.access_needs:
            assert person.access_needs == f"CANARY-{person.key}-access"
    plain = small()
    assert [person.choices for person in plain.people] == [p.choices for p in marked.people]


@pytest.mark.parametrize("today", [TODAY, date(2028, 2, 29), date(2027, 8, 31)])
def test_invent_region_another_region_and_day_uses_its_own_postcodes_and_sectors(today):
    region, gazetteer = opened("tests/data/regions/saltmere")
    invented = invent_region(3, 40, 10, region, gazetteer, today, n_employers=5, n_providers=2)
    assert {person.home.district for person in invented.people} <= {*region.districts, None}
    assert {placement.sector for placement in invented.placements} <= {"fishing", "retail"}
    assert all(len(person.choices) <= 3 for person in invented.people)
    assert {mode for person in invented.people for mode in person.modes} <= {"walk", "bus"}


def test_invent_region_too_few_places_is_refused():
    with pytest.raises(ValueError, match="cannot be shared"):
        small(n_places=24)


def test_invent_region_nobody_and_nothing_is_an_empty_region():
    empty = invent_region(1, 0, 0, REGION, GAZETTEER, TODAY)
    assert (empty.people, empty.placements) == ((), ())
    assert invent_region(1, 3, 0, REGION, GAZETTEER, TODAY).people[0].choices == ()


@pytest.mark.parametrize(
    ("columns", "name", "rows"),
    [
        (PLACEMENT_COLUMNS, "placements.csv", placement_rows),
        (APPLICATION_COLUMNS, "applications.csv", application_rows),
    ],
)
def test_rows_of_the_small_region_are_the_committed_file(columns, name, rows):
    with (FILES / name).open(encoding="utf-8", newline="") as lines:
        reader = csv.DictReader(lines)
        committed = list(reader)
    assert reader.fieldnames == [column.name for column in columns]
    assert committed == [
        {column.name: row[column.name] for column in columns} for row in rows(small())
    ]
    for column in columns:
        assert column.write
        if column.required:
            assert column.example
            assert all(row[column.name] for row in committed), column.name


def test_the_whole_region_has_shifts_that_end_when_no_bus_or_train_runs():
    served = [way for way in REGION.travel.values() if way.service]
    last = max(way.hours_on(0)[1] for way in served)
    ends = {shift[2] for placement in WHOLE.placements for shift in placement.shifts}
    assert any(last.hour * 60 + last.minute < end < 1440 for end in ends)
