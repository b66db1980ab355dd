"""The last pages of a registration: what the rules need to know, and the person's agreement."""

from typing import Any

from placements.domain.needs import NEEDS
from placements.domain.outcome_words import BEFORE_THEM
from placements.web.forms import long_text, one_of, some_of, text
from placements.web.providers.blueprint import region_rules
from placements.web.providers.forms import HoursForm, StepForm, TravelForm, WhoForm

YES_NO = {"yes": True, "no": False, "unknown": None}
GUARDIAN_HINT = "An email address or a phone number. They hear of offers and sign the agreement."


def _said(value: bool | None, *, asked: bool = True) -> str | None:
    if value is None:
        return "unknown" if asked else None
    return "yes" if value else "no"


class FactsForm(StepForm):
    """What the rules and the rounds need to know, each with why it is asked."""

    question = "What else do we need to know?"
    right_to_work_checked = one_of(
        "Have you checked their right to work?",
        "Choose an answer.",
        [
            ("yes", "Yes, they have it"),
            ("unknown", "Not checked yet"),
            ("no", "Yes, and they do not have it"),
        ],
        "Nobody may start work without it. You can check later; until then they are not ready",
    )
    has_ehcp = one_of(
        "Do they have an education, health and care plan?",
        "Choose an answer.",
        [("yes", "Yes"), ("no", "No"), ("unknown", "I do not know")],
        "With a plan they may take part until 25, and support can be kept up",
    )
    priority = some_of(
        "Is any of this true?", [], "The authority may place these people first. Tick all"
    )
    needs_met = some_of("What do they have?", [], "Some placements ask for it. Tick all")
    access_needs = long_text(
        "What helps them at work? (optional)",
        hint="In their words. The employer reads it after they say yes",
        length=1000,
    )
    now = one_of(
        "What do they do now? (optional)",
        None,
        list(BEFORE_THEM),
        "Before any placement. It shows later how far they came; no employer reads it",
    )

    def fill(self, application: Any) -> None:
        """Offer the region's groups, and show what was said before."""
        self.fill_before(application)
        self.priority.choices = [(g.code, g.name) for g in region_rules().priority_groups]
        self.needs_met.choices = list(NEEDS.items())
        if self.is_submitted():
            return
        person = application.candidate
        unsaid = person.right_to_work_checked is None and person.has_ehcp is None
        # Before this page was ever sent, "not known" is no answer: nothing is ticked.
        asked = not unsaid or application.consented_at is not None
        self.right_to_work_checked.data = _said(person.right_to_work_checked, asked=asked)
        self.has_ehcp.data = _said(person.has_ehcp, asked=asked)
        self.priority.data = [c for c in application.priority if c in dict(self.priority.choices)]
        self.needs_met.data = [c for c in application.needs_met if c in NEEDS]
        self.access_needs.data = person.access_needs

    def answers(self) -> dict[str, Any]:
        """Give yes, no and not known as the records hold them."""
        given = super().answers()
        given.pop("now", None)
        for name in ("right_to_work_checked", "has_ehcp"):
            given[name] = YES_NO[given[name]]
        return given


class ConsentForm(StepForm):
    """They agreed to take part; under 18, whom we reach besides."""

    question, template = "Do they agree to take part?", "providers/consent.html"
    agreed = some_of(
        "Their agreement", [("yes", "They read this, or you read it to them, and they agree")]
    )
    guardian_contact = text(
        "How can we reach a parent or guardian?",
        hint=GUARDIAN_HINT,
        length=254,
        autocomplete="off",
        spellcheck=False,
    )
    copies = some_of(
        "A copy of offers (optional)",
        [("yes", "They agree that this person gets a copy of each offer")],
        "Only while they are under 18. They can change it at any time.",
    )

    def fill(self, application: Any) -> None:
        """Show what was said before."""
        if not self.is_submitted():
            self.copies.data = ["yes"] if application.candidate.guardian_copies_at else []
            self.agreed.data = ["yes"] if application.consented_at else []
            self.guardian_contact.data = application.candidate.guardian_contact

    def list_problems(self) -> list[tuple[str, str]]:
        """Nobody is put forward who has not agreed."""
        words = "Tick this when they agree. If they do not, you can stop here."
        return [] if self.agreed.data else [("agreed", words)]


STEPS: dict[str, type[StepForm]] = {
    "who": WhoForm,
    "travel": TravelForm,
    "hours": HoursForm,
    "facts": FactsForm,
    "agreement": ConsentForm,
}
