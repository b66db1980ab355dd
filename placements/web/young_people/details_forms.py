"""Y2: the four questions about oneself, filled in with what is known already."""

from typing import Any

from flask import current_app

from placements.domain.outcome_words import BEFORE_YOU
from placements.domain.vocabulary import OutcomeKind
from placements.services.baselines import read_before
from placements.services.gazetteer import get_rules
from placements.web.access import current_actor
from placements.web.forms import PlainForm, count, day, one_of, some_of, text
from placements.web.week import WeekForm

SHORTEST, LONGEST = 5, 180


class DetailForm(PlainForm):
    """One page; `question` is its heading."""

    question, template = "", "young_people/detail.html"

    def fill(self, application: Any) -> None:
        """Show what is known, and what there is to choose from."""

    def find_problems(self) -> list[tuple[str, str]]:
        """List each field that is wrong beside the others, and what to do."""
        return []

    def facts(self) -> dict[str, Any]:
        """Give the fields of this page as facts of the person or their entry."""
        return {name: value for name, value in self.data.items() if name != "csrf_token"}

    def before(self) -> OutcomeKind | None:
        """Give what the person did before, where the page asks it and they answered."""
        return None


class MeForm(DetailForm):
    """What to call them, and how to reach them."""

    question = "What do we call you, and how do we reach you?"
    preferred_name = text(
        "The name you use", "Write the name you use.", length=100, autocomplete="nickname"
    )
    mobile = text("Mobile number", None, length=30, autocomplete="tel", inputmode="tel")
    email = text("Email", None, length=254, autocomplete="email", spellcheck=False)
    now = one_of(
        "What do you do now? (optional)",
        None,
        list(BEFORE_YOU),
        "It shows later how far you came. An employer never sees it.",
    )

    def fill(self, application: Any) -> None:
        """Show what they are called."""
        said = read_before(current_actor(), application)
        if not said.can_say:
            del self.now
        elif not self.is_submitted():
            self.now.data = said.kind.value if said.kind else None
        if not self.is_submitted():
            person = application.candidate
            self.preferred_name.data = person.preferred_name or (person.name or "").split(" ")[0]
            self.email.data, self.mobile.data = person.email, person.mobile

    def facts(self) -> dict[str, Any]:
        """Give the name; the contact is kept with the account."""
        return {"preferred_name": self.preferred_name.data}

    def before(self) -> OutcomeKind | None:
        """Give what they do now, which is what came before."""
        said = self.data.get("now")
        return OutcomeKind(said) if said else None


class WhereForm(DetailForm):
    """From where they travel."""

    question = "Where do you travel from?"
    postcode = text(
        "Your home postcode",
        "Write your postcode.",
        "We work out journeys from it. An employer never sees it.",
        10,
        autocomplete="postal-code",
        classes="govuk-input--width-10",
    )

    def fill(self, application: Any) -> None:
        """Show where they live."""
        if not self.is_submitted():
            self.postcode.data = application.candidate.postcode


class TravelForm(DetailForm):
    """How they travel, and for how long at most."""

    question = "How can you travel?"
    modes = some_of("How can you travel?", [], "Tick all you can use.")
    max_minutes = count(
        "How long can one way take, in minutes?",
        "Write how many minutes, like 60.",
        "It counts for the way there and the way back.",
    )

    def fill(self, application: Any) -> None:
        """Offer the region's ways of travelling."""
        rules = get_rules(current_app.config["SETTINGS"].region_folder)
        self.modes.choices = [(mode, speed.name) for mode, speed in rules.travel.items()]
        if not self.is_submitted():
            self.modes.data = list(application.modes)
            self.max_minutes.data = application.max_minutes

    def find_problems(self) -> list[tuple[str, str]]:
        """Nothing is in reach without a way to travel."""
        problems = []
        if not self.modes.data:
            problems.append(("modes", "Tick at least one way to travel."))
        if not SHORTEST <= self.max_minutes.data <= LONGEST:
            problems.append(("max_minutes", f"Write a number from {SHORTEST} to {LONGEST}."))
        return problems


class WhenForm(WeekForm, DetailForm):
    """When they could start, and on which days and hours they can come."""

    question, template = "When can you come?", "young_people/detail_when.html"
    start_from = day("The first day you could start", "Write the first day.")
    start_to = day("The last day you could start (optional)")

    def fill(self, application: Any) -> None:
        """Show the days and hours said before."""
        self.spans: list[list[int]] = []
        self.show_week(application.availability)
        if not self.is_submitted():
            self.start_from.data = application.start_from
            self.start_to.data = application.start_to

    def find_problems(self) -> list[tuple[str, str]]:
        """Read the rows of the week."""
        self.spans, problems = self.read_week()
        return problems

    def facts(self) -> dict[str, Any]:
        """Give the dates and the spans of the week."""
        dates = {"start_from": self.start_from.data, "start_to": self.start_to.data}
        return {**dates, "availability": self.spans}


STEPS: dict[str, type[DetailForm]] = {
    "me": MeForm,
    "where": WhereForm,
    "travel": TravelForm,
    "when": WhenForm,
}
