"""What a young person fills in; every question may be left out unless it says what to write."""

from collections.abc import Sequence
from pathlib import Path

from placements.domain.outcome_words import ANSWERS, KIND_OF_ANSWER, RATHER_NOT
from placements.domain.permissions import Actor
from placements.domain.region import Named
from placements.domain.vocabulary import OutcomeKind
from placements.services import my_choices
from placements.services.outcomes import Answer
from placements.web.forms import PlainForm, count, day, long_text, one_of, some_of, text

OPTIONAL = "You can leave this empty."
ELSE = "else"
TROUBLE_WORDS = {
    "safety": "I do not feel safe",
    "hours": "The hours are wrong",
    "travel": "The journey does not work",
    "other_work": "The work is not what was said",
}
WHERE = [("same", "The place where I did my placement"), ("other", "Somebody else")]


class SayNoForm(PlainForm):
    """A no, with a reason if they like."""

    reason = long_text("Why not? (optional)", None, "It helps us find a better place.", 1000)


class EraseMeForm(PlainForm):
    """Asking to be erased; what to say about it is theirs."""

    words = long_text("Anything we should know?", None, "You do not have to say why.", length=1000)


class StopForm(PlainForm):
    """Stopping, with a reason if they like."""

    reason = long_text("Why? (optional)", None, "You do not have to say.", 1000)


class WrongForm(PlainForm):
    """What is wrong at the placement."""

    trouble = one_of("What is wrong?", "Choose what is wrong.", list(TROUBLE_WORDS.items()))


class WishesForm(PlainForm):
    """Kinds of work, liked and never, and what would help at work."""

    sectors = some_of("What kinds of work do you like? (optional)", [], "Tick as many as you like.")
    never_sectors = some_of(
        "What kinds of work do you never want? (optional)", [], "You do not have to say why."
    )
    access_needs = long_text(
        "What would help you at work? (optional)",
        None,
        "For example, large print. An employer sees this only after you say yes to them.",
        1000,
    )

    @classmethod
    def of(cls, application, sectors: Sequence[Named]) -> "WishesForm":
        """Return the form filled in with what is kept."""
        form = cls(
            data={
                "sectors": application.sectors or [],
                "never_sectors": (application.never or {}).get("sectors", []),
                "access_needs": application.candidate.access_needs,
            }
        )
        names = [(sector.code, sector.name) for sector in sectors]
        form.sectors.choices = form.never_sectors.choices = names
        return form

    def save(self, actor: Actor, application_id: int, folder: Path) -> None:
        """Keep what was ticked and written."""
        liked, never = self.sectors.data or [], self.never_sectors.data or []
        helps = self.access_needs.data
        my_choices.save_wishes(actor, application_id, liked, never, helps, folder)


class NowForm(PlainForm):
    """The one question."""

    now = one_of(
        "What are you doing now?",
        "Choose what you are doing now.",
        [*ANSWERS, (RATHER_NOT, "I would rather not say")],
    )


class RightForm(PlainForm):
    """What is right instead of what was recorded."""

    now = one_of(
        "What is right?",
        "Choose what is right.",
        [*ANSWERS, (ELSE, "Something else")],
    )

    def kind(self) -> OutcomeKind:
        """Return the kind that stands for the chosen words."""
        return KIND_OF_ANSWER.get(self.now.data, OutcomeKind.OTHER)


def answer_alone(code: str) -> Answer:
    """Return the answer that needs no more questions."""
    return Answer(KIND_OF_ANSWER[code])


class JobForm(PlainForm):
    """At most two more questions about a job."""

    title = "Your job"
    where = one_of("Who do you work for? (optional)", None, [*WHERE, ("self", "I work for myself")])
    hours = count("About how many hours a week? (optional)")

    def answer(self) -> Answer:
        """Return the answer with what was said."""
        kind = OutcomeKind.SELF if self.where.data == "self" else OutcomeKind.JOB
        hired = {"same": True, "other": False}.get(self.where.data)
        return Answer(kind, hours_per_week=self.hours.data, hired=hired)


class ApprenticeForm(PlainForm):
    """One more question about an apprenticeship."""

    title = "Your apprenticeship"
    where = one_of("Who is it with? (optional)", None, WHERE)

    def answer(self) -> Answer:
        """Return the answer with what was said."""
        return Answer(OutcomeKind.APP, hired={"same": True, "other": False}.get(self.where.data))


class StudyForm(PlainForm):
    """At most two more questions about studying."""

    title = "Your studies"
    time = one_of(
        "Is it full time or part time?",
        "Choose full time or part time.",
        [("full", "Full time"), ("part", "Part time")],
    )
    with_whom = text("Where do you study? (optional)", None, "", 120)

    def answer(self) -> Answer:
        """Return the answer with what was said."""
        kind = OutcomeKind.EDU_PT if self.time.data == "part" else OutcomeKind.EDU_FT
        return Answer(kind, with_whom=self.with_whom.data)


class TrainingForm(PlainForm):
    """One more question about a course."""

    title = "Your course or programme"
    with_whom = text("What is it called? (optional)", None, "", 120)

    def answer(self) -> Answer:
        """Return the answer with what was said."""
        return Answer(OutcomeKind.TRAIN, with_whom=self.with_whom.data)


class VolunteerForm(PlainForm):
    """At most two more questions about volunteering."""

    title = "What you do as a volunteer"
    with_whom = text("Who do you help? (optional)", None, "", 120)
    hours = count("About how many hours a week? (optional)")

    def answer(self) -> Answer:
        """Return the answer with what was said."""
        hours = self.hours.data
        return Answer(OutcomeKind.VOL, with_whom=self.with_whom.data, hours_per_week=hours)


class SoonForm(PlainForm):
    """At most two more questions about what starts soon."""

    title = "What starts soon"
    with_whom = text("What is it? (optional)", None, "For example, a job in a shop.", 120)
    starts = day("When does it start? (optional)")

    def answer(self) -> Answer:
        """Return the answer with what was said."""
        whom, starts = self.with_whom.data, self.starts.data
        return Answer(OutcomeKind.START_AGREED, from_on=starts, with_whom=whom)


class LookingForm(PlainForm):
    """One more question about looking."""

    title = "What you are looking for"
    ready = one_of(
        "Could you start something now?",
        "Choose yes or not just now.",
        [("yes", "Yes"), ("no", "Not just now")],
    )

    def answer(self) -> Answer:
        """Return the answer with what was said."""
        no = self.ready.data == "no"
        return Answer(OutcomeKind.NEET_NOTREADY if no else OutcomeKind.NEET_SEEK)


MORE_FORMS = {
    "job": JobForm,
    "apprentice": ApprenticeForm,
    "study": StudyForm,
    "training": TrainingForm,
    "volunteer": VolunteerForm,
    "soon": SoonForm,
    "looking": LookingForm,
}
