"""E6: the seven questions that describe a placement, one form each."""

from typing import Any

from placements.domain.needs import DBS, NEEDS, need_words
from placements.domain.placement_rules import ADULT, YOUNG, list_breaches
from placements.services import employers
from placements.web.access import current_actor
from placements.web.employers.forms import region_rules
from placements.web.forms import (
    PlainForm,
    count,
    day,
    long_text,
    one_of,
    some_of,
    text,
)
from placements.web.week import WeekForm

AGES = (16, 18, 21)


class StepForm(PlainForm):
    """One page of the description; `question` is its heading."""

    question, template = "", "employers/step.html"

    def fill(self, placement: Any) -> None:
        """Show what was said before, and what there is to choose from."""

    def answers(self) -> dict[str, Any]:
        """Give the fields of this page as facts of the placement."""
        return {name: value for name, value in self.data.items() if name != "csrf_token"}


class WhatForm(StepForm):
    """Sector, title, what they do."""

    question = "What will they do?"
    title = text(
        "What is the placement called?", "Write what it is called.", "For example, Workshop helper"
    )
    sector = one_of("Which sector is it?", "Choose the sector that fits best.", [])
    summary = long_text(
        "What will they do, hour by hour?",
        "Write what they will do.",
        "Young people read this. Begin with what they do first in the morning.",
    )

    def fill(self, placement: Any) -> None:
        """Offer the region's sectors."""
        self.sector.choices = [(one.code, one.name) for one in region_rules().sectors]


class WhereForm(StepForm):
    """Which of the employer's sites."""

    question, template = "Where will they work?", "employers/where.html"
    site_id = one_of("Choose a site", "Choose a site.", [])

    def fill(self, placement: Any) -> None:
        """Offer the employer's own sites."""
        actor = current_actor()
        self.site_id.choices = [
            (str(site.id), f"{site.name}, {site.postcode}, {site.district}")
            for site in employers.list_sites(actor, actor.organisation_id)
        ]

    def answers(self) -> dict[str, Any]:
        """Give the site's id."""
        return {"site_id": int(self.site_id.data)}


class WhenForm(StepForm):
    """First days and length."""

    question, template = "When can they start?", "employers/when.html"
    start_from = day("First day somebody could start", "Write the first possible day.")
    start_to = day("Last day somebody could start", "Write the last possible day.")
    duration_weeks = count("How many weeks does it last?", "Write the number of weeks, like 4.")


class HoursForm(WeekForm, StepForm):
    """One row a weekday; hours that people of 16 and 17 may not work are named."""

    question, template = "Which days and hours?", "employers/hours.html"
    adults = some_of("Who can come?", [("yes", "Take people of 18 and over only")])

    def fill(self, placement: Any) -> None:
        """Show the shifts said before."""
        self.was_adults = (placement.min_age or YOUNG) >= ADULT
        self.min_age, self.shifts, self.breaches = placement.min_age, [], []
        self.show_week(placement.shifts)
        if not self.is_submitted():
            self.adults.data = ["yes"] if self.was_adults else []

    def validate(self, extra_validators: Any = None) -> bool:
        """Read the rows, and hold them to the law unless only adults may come."""
        if not super().validate(extra_validators):
            return False
        self.shifts, problems = self.read_week()
        for field, words in problems:
            self.add_error(field, words)
        self.breaches = [] if self.adults.data else list_breaches(self.shifts, YOUNG)
        for breach in self.breaches:
            self.add_error(f"from_{breach.weekday or self.shifts[0][0]}", breach.words)
        return not problems and not self.breaches

    @property
    def offers_adults(self) -> bool:
        """Offer "18 and over only" where the hours need it, or where it was said before."""
        return bool(self.breaches or self.was_adults or self.adults.data)

    def answers(self) -> dict[str, Any]:
        """Give the shifts, and the age where adults alone may come."""
        if self.adults.data:
            return {"shifts": self.shifts, "min_age": max(self.min_age or ADULT, ADULT)}
        if self.was_adults:
            return {"shifts": self.shifts, "min_age": YOUNG}
        return {"shifts": self.shifts}


class PlacesForm(StepForm):
    """How many people: certain, likely, most."""

    question, template = "How many people can come?", "employers/places.html"
    capacity_min = count("Places you are sure of", "Write a number. It may be 0.")
    capacity_likely = count(
        "Places you will likely have",
        "Write a number, at least 1.",
        "We offer this many. Be honest: a place that is not there hurts somebody.",
    )
    capacity_max = count(
        "The most you could have",
        "Write a number.",
        "We ask you before anybody comes above the likely number.",
    )
    group_min = count(
        "Fewest people for it to run (optional)", hint="Leave it empty if one person is enough"
    )


class NeedsForm(StepForm):
    """What it asks of people, and what the employer gives."""

    question = "What does somebody need?"
    min_age = one_of("Youngest age", "Choose the youngest age.", [])
    needs = some_of("What must they have?", [], "Tick nothing if they need nothing.")
    dbs_reason = long_text(
        "Why does the role allow a DBS check?",
        hint="Only if you ticked the DBS check. For example, alone with people in our care",
        length=1000,
    )
    adjustments = long_text(
        "What can you change for somebody? (optional)",
        hint="For example, a later start, a quiet room, written steps",
        length=1000,
    )
    travel_support = text("Help with travel (optional)", hint="For example, bus fares paid back")
    pay = text("Pay or expenses (optional)", hint="For example, £6.40 a day for lunch")

    def fill(self, placement: Any) -> None:
        """Offer the ages and needs there are, and those said before."""
        self.shifts = placement.shifts
        ages = sorted({*AGES, placement.min_age or YOUNG})
        self.min_age.choices = [(str(age), f"{age} and over") for age in ages]
        self.needs.choices = [(c, need_words(c)) for c in dict.fromkeys((*NEEDS, *placement.needs))]
        if not self.is_submitted():
            self.min_age.data = str(placement.min_age or YOUNG)

    def validate(self, extra_validators: Any = None) -> bool:
        """Hold the hours to the law for the age that was chosen."""
        if not super().validate(extra_validators):
            return False
        breaches = list_breaches(self.shifts, int(self.min_age.data))
        for breach in breaches:
            words = f"{breach.words} Choose 18 and over, or change the hours."
            self.add_error("min_age", words)
        return not breaches

    def answers(self) -> dict[str, Any]:
        """Give the age as a number, and a DBS reason only with the check."""
        reason = self.dbs_reason.data if DBS in self.needs.data else None
        age = int(self.min_age.data)
        return {**super().answers(), "min_age": age, "dbs_reason": reason}


class SupervisorForm(StepForm):
    """Who looks after them."""

    question = "Who looks after them?"
    supervisor_name = text("Their name", "Write the name of the supervisor.", autocomplete="off")
    supervisor_role = text("Their job", "Write their job, like team leader.")


STEPS: dict[str, type[StepForm]] = {
    "what": WhatForm,
    "where": WhereForm,
    "when": WhenForm,
    "hours": HoursForm,
    "places": PlacesForm,
    "needs": NeedsForm,
    "supervisor": SupervisorForm,
}
STEP_OF_FIELD = {
    "title": "what",
    "sector": "what",
    "summary": "what",
    "site_id": "where",
    "start_from": "when",
    "start_to": "when",
    "duration_weeks": "when",
    "shifts": "hours",
    "capacity_min": "places",
    "capacity_likely": "places",
    "capacity_max": "places",
    "group_min": "places",
    "dbs_reason": "needs",
    "supervisor_name": "supervisor",
}
