"""What a provider fills in about a person, one form a page of the registration."""

from datetime import time
from typing import Any

from wtforms import SelectMultipleField
from wtforms.validators import StopValidation

from placements.domain.addresses import normal_email, normal_mobile
from placements.domain.hours_rows import HoursRow, read_hours
from placements.domain.working_time import WEEKDAYS
from placements.services.applications import PersonFacts
from placements.web.forms import (
    PlainForm,
    TimeField,
    count,
    day,
    some_of,
    text,
    time_of_day,
)
from placements.web.providers.blueprint import region_rules

MINUTES = 60
SHORTEST, LONGEST = 5, 180


class StepForm(PlainForm):
    """One page of the registration; `question` is its heading."""

    question, template = "", "providers/step.html"

    def fill(self, application: Any) -> None:
        """Show what was said before, and what there is to choose from."""

    def validate(self, extra_validators: Any = None) -> bool:
        """Check the page as a whole once each field can be read."""
        can_be_read = bool(super().validate(extra_validators))
        problems = self.list_problems() if can_be_read else []
        for field, words in problems:
            self.add_error(field, words)
        return can_be_read and not problems

    def list_problems(self) -> list[tuple[str, str]]:
        """List each field that is wrong beside the others, and what to do."""
        return []

    def answers(self) -> dict[str, Any]:
        """Give the fields of this page as facts of the person or their entry."""
        return {name: value for name, value in self.data.items() if name != "csrf_token"}


class WhoForm(StepForm):
    """Name, birth date, contact, postcode."""

    question = "Who is it?"
    name = text("Full name", "Write their full name.", autocomplete="off", spellcheck=False)
    preferred_name = text("Name they use (optional)", autocomplete="off", spellcheck=False)
    date_of_birth = day("Date of birth", "Write their date of birth.", "For example, 14 5 2008")
    email = text(
        "Email (optional if you give a mobile)",
        hint="Their own, so that they can answer an offer themselves",
        length=254,
        autocomplete="off",
        spellcheck=False,
    )
    mobile = text(
        "Mobile (optional if you give an email)",
        length=30,
        autocomplete="off",
        inputmode="tel",
        classes="govuk-input--width-20",
    )
    postcode = text(
        "Home postcode",
        "Write their home postcode.",
        "We work out journeys from it",
        10,
        autocomplete="off",
        classes="govuk-input--width-10",
    )

    def fill(self, application: Any) -> None:
        """Show who they are."""
        if application is not None and not self.is_submitted():
            self.process(obj=application.candidate)

    def validate_email(self, field: Any) -> None:
        """Keep an address in the one form in which it is compared."""
        _normal(field, normal_email, "Write one email address, like name@mail.example.")

    def validate_mobile(self, field: Any) -> None:
        """Keep a number in the one form in which it is compared."""
        _normal(field, normal_mobile, "Write a mobile number, like 07700 900123.")

    def person(self) -> PersonFacts:
        """Give a new person, as the service takes one."""
        return PersonFacts(**self.answers())


def _normal(field: Any, read: Any, words: str) -> None:
    if field.data and (written := read(field.data)) is None:
        raise StopValidation(words)
    field.data = written if field.data else None


class TravelForm(StepForm):
    """How they travel, and for how long at most."""

    question = "How do they travel?"
    modes = some_of("Ways they can travel", [], "Tick all they can use")
    max_minutes = count(
        "Longest journey one way, in minutes",
        "Write how many minutes, like 60.",
        f"{SHORTEST} to {LONGEST}. It holds for the way there and the way back",
    )

    def fill(self, application: Any) -> None:
        """Offer the region's ways of travelling."""
        self.modes.choices = [(mode, speed.name) for mode, speed in region_rules().travel.items()]
        if not self.is_submitted():
            self.modes.data = list(application.modes)
            self.max_minutes.data = application.max_minutes

    def list_problems(self) -> list[tuple[str, str]]:
        """Hold the limit to what the service can work with; nothing is in reach without a way."""
        problems = []
        if not self.modes.data:
            problems.append(("modes", "Tick at least one way of travelling."))
        if not SHORTEST <= self.max_minutes.data <= LONGEST:
            problems.append(("max_minutes", f"Write a number from {SHORTEST} to {LONGEST}."))
        return problems


class _Week(StepForm):
    start_from = day("First day they could start", "Write the first possible day.")
    start_to = day("Last day they could start (optional)")


for _weekday, _name in enumerate(WEEKDAYS):
    setattr(_Week, f"from_{_weekday}", time_of_day(f"{_name}, from"))
    setattr(_Week, f"to_{_weekday}", time_of_day(f"{_name}, to"))
    if _weekday:
        setattr(_Week, f"same_{_weekday}", some_of(_name, [("yes", "Same as above")]))


class HoursForm(_Week):
    """When they could start, and from when to when on each weekday."""

    question, template = "When can they come?", "providers/hours.html"

    def fill(self, application: Any) -> None:
        """Show the days and hours said before."""
        self.spans: list[list[int]] = []
        days = [span[0] for span in application.availability]
        self.has_split_days = len(days) > len(set(days))
        if self.is_submitted():
            return
        self.start_from.data, self.start_to.data = application.start_from, application.start_to
        for weekday, start, end in application.availability:
            self[f"from_{weekday}"].data = _time(start)
            self[f"to_{weekday}"].data = _time(end)

    def list_problems(self) -> list[tuple[str, str]]:
        """Read the rows of the week."""
        self.spans, problems = read_hours([self._row(n) for n in range(7)])
        return problems

    def rows(self) -> list[tuple[str, TimeField, TimeField, SelectMultipleField | None]]:
        """List the fields of each weekday, in order."""
        return [
            (name, self[f"from_{n}"], self[f"to_{n}"], self[f"same_{n}"] if n else None)
            for n, name in enumerate(WEEKDAYS)
        ]

    def _row(self, n: int) -> HoursRow:
        start, end = self[f"from_{n}"], self[f"to_{n}"]
        typed = (end.raw_data or [""])[0].lower()
        return HoursRow(start.data, end.data, bool(n and self[f"same_{n}"].data), "m" in typed)

    def answers(self) -> dict[str, Any]:
        """Give the dates and the spans of the week."""
        dates = {"start_from": self.start_from.data, "start_to": self.start_to.data}
        return {**dates, "availability": self.spans}


def _time(minutes: int) -> time:
    return time(minutes // MINUTES % 24, minutes % MINUTES)
