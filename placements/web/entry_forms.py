"""Pages about a person's entry, the same whether a provider fills them in or the person does."""

from typing import Any

from flask import current_app

from placements.domain.vocabulary import OutcomeKind
from placements.services.baselines import read_before
from placements.services.gazetteer import get_rules
from placements.web.access import current_actor
from placements.web.forms import PlainForm
from placements.web.week import WeekForm

SHORTEST, LONGEST = 5, 180


class EntryForm(PlainForm):
    """One page of an entry; `question` is its heading."""

    question, template = "", ""

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

    def before(self) -> OutcomeKind | None:
        """Give what they did before, where the page asks it as `now` and somebody answered."""
        said = self.data.get("now")
        return OutcomeKind(said) if said else None

    def fill_before(self, application: Any) -> None:
        """Show what was said of it before; ask it only of who may still say it."""
        said = read_before(current_actor(), application)
        if not said.can_say:
            del self.now
        elif not self.is_submitted():
            self.now.data = said.kind.value if said.kind else None


class JourneyForm(EntryForm):
    """How they travel (`modes`), and for how long at most (`max_minutes`)."""

    def fill(self, application: Any) -> None:
        """Offer the region's ways of travelling."""
        rules = get_rules(current_app.config["SETTINGS"].region_folder)
        self.modes.choices = [(mode, speed.name) for mode, speed in rules.travel.items()]
        if not self.is_submitted():
            self.modes.data = list(application.modes)
            self.max_minutes.data = application.max_minutes

    def list_problems(self) -> list[tuple[str, str]]:
        """Hold the limit to what the service can work with; nothing is in reach without a way."""
        problems = []
        if not self.modes.data:
            problems.append(("modes", "Tick at least one way to travel."))
        if not SHORTEST <= self.max_minutes.data <= LONGEST:
            problems.append(("max_minutes", f"Write a number from {SHORTEST} to {LONGEST}."))
        return problems


class TimesForm(WeekForm, EntryForm):
    """When they could start (`start_from`, `start_to`), and from when to when each weekday."""

    def fill(self, application: Any) -> None:
        """Show the days and hours said before."""
        self.spans: list[list[int]] = []
        self.show_week(application.availability)
        if not self.is_submitted():
            self.start_from.data = application.start_from
            self.start_to.data = application.start_to

    def list_problems(self) -> list[tuple[str, str]]:
        """Read the rows of the week."""
        self.spans, problems = self.read_week()
        return problems

    def answers(self) -> dict[str, Any]:
        """Give the dates and the spans of the week."""
        dates = {"start_from": self.start_from.data, "start_to": self.start_to.data}
        return {**dates, "availability": self.spans}
