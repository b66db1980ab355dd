"""What a provider says became of somebody."""

from placements.domain.vocabulary import OutcomeKind
from placements.services.outcomes import Answer
from placements.web.forms import PlainForm, count, day, long_text, one_of, some_of, text

KINDS = (
    (OutcomeKind.JOB, "Has a job"),
    (OutcomeKind.APP, "Is an apprentice"),
    (OutcomeKind.EDU_FT, "Is studying"),
    (OutcomeKind.TRAIN, "Is on a training course or programme"),
    (OutcomeKind.VOL, "Volunteers"),
    (OutcomeKind.START_AGREED, "Has something starting soon"),
    (OutcomeKind.NEET_SEEK, "Is looking"),
    (OutcomeKind.NEET_NOTREADY, "Is not looking just now"),
    (OutcomeKind.OTHER, "Does something else"),
    (OutcomeKind.REFUSED, "Chose not to say"),
)
TOLD_BY = (
    ("The young person", "The young person"),
    ("The employer", "The employer"),
    ("Their school, college or course", "Their school, college or course"),
    ("A parent or guardian", "A parent or guardian"),
    ("Seen on paper", "I have seen it on paper"),
)
KNOWN = {kind for kind, _ in KINDS} - {OutcomeKind.REFUSED}
STUDY, JOB = OutcomeKind.EDU_FT, OutcomeKind.JOB


class OutcomeForm(PlainForm):
    """What somebody is doing, since when, and how it is known."""

    kind = one_of("What are they doing?", "Choose one.", [(k.value, words) for k, words in KINDS])
    kind_more = some_of(
        "Is this true as well?",
        [("self", "It is their own business (a job)"), ("part", "It is part time (studying)")],
    )
    with_whom = text("With which employer, school or course? (optional)", autocomplete="off")
    from_on = day("Since when, or from when? (optional)")
    hours_per_week = count("Hours a week (optional)")
    told_by = one_of("Who told you?", "Choose who told you.", list(TOLD_BY))
    evidence = long_text(
        "Evidence (optional)",
        hint="Which paper you have seen, for example a payslip of June. Do not write its contents",
        length=500,
    )

    def answer_given(self) -> Answer:
        """Give the answer as the service takes it."""
        known = OutcomeKind(self.kind.data) in KNOWN
        return Answer(
            kind=self._kind(),
            from_on=self.from_on.data if known else None,
            hours_per_week=self.hours_per_week.data if known else None,
            with_whom=self.with_whom.data if known else None,
            reason=f"Told by: {self.told_by.data}",
            evidence=self.evidence.data if known else None,
        )

    def _kind(self) -> OutcomeKind:
        kind, more = OutcomeKind(self.kind.data), self.kind_more.data or []
        if kind is JOB and "self" in more:
            return OutcomeKind.SELF
        return OutcomeKind.EDU_PT if kind is STUDY and "part" in more else kind
