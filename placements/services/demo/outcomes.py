"""What became of invented people: most tell, some through their provider, some never."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import select

from placements import clock
from placements.domain.checkpoints import questions_at_end
from placements.domain.invented import words
from placements.domain.invented.draw import marked
from placements.domain.permissions import Actor
from placements.domain.vocabulary import CheckpointKind, OutcomeKind, Role
from placements.extensions import db
from placements.models.assignments import Assignment
from placements.models.candidates import Application
from placements.models.outcomes import Checkpoint
from placements.services import baselines, outcomes
from placements.services.demo.days import dice
from placements.services.demo.people import employer_of, provider_for, provider_of, young_person_of
from placements.services.outcomes import Answer

DAYS_TO_ANSWER = 14
DURING = (CheckpointKind.START, CheckpointKind.MID, CheckpointKind.END)
WORK = (OutcomeKind.JOB, OutcomeKind.JOB, OutcomeKind.APP, OutcomeKind.EDU_FT, OutcomeKind.TRAIN)
OUT = (OutcomeKind.NEET_SEEK, OutcomeKind.NEET_SEEK, OutcomeKind.VOL, OutcomeKind.NEET_UNAVAILABLE)
SAYS_BEFORE = 0.9
BEFORE = (*(OutcomeKind.NEET_SEEK,) * 6, *(OutcomeKind.NEET_NOTREADY,) * 2, OutcomeKind.EDU_PT)
BEFORE += (OutcomeKind.EDU_FT, OutcomeKind.VOL, OutcomeKind.JOB, OutcomeKind.REFUSED)


@dataclass(frozen=True)
class Path:
    """A share of people, and in which of the later questions they are in work or learning."""

    share: float
    in_work: tuple[CheckpointKind, ...]
    tells: float


W4, M3, M6, M12 = (CheckpointKind(kind) for kind in ("W4", "M3", "M6", "M12"))
PATHS = (
    Path(0.50, (W4, M3, M6, M12), 0.95),
    Path(0.12, (M3, M6, M12), 0.90),
    Path(0.13, (W4, M3), 0.85),
    Path(0.15, (), 0.80),
    Path(0.10, (), 0.00),
)


def say_before(applications: Sequence[Application]) -> None:
    """Let most people, or their providers, say what they do before any placement; part of an act.

    Whoever does not say stays open for a reader to say it.
    """
    told: dict[int | None, list[tuple[Application, OutcomeKind]]] = defaultdict(list)
    for application in applications:
        own = dice(application.reference, "before")
        if own.random() < SAYS_BEFORE:
            told[application.provider_id].append((application, own.choice(BEFORE)))
    for provider_id, said in told.items():
        provider = provider_for(provider_id)
        if provider is not None:
            baselines.keep_baselines(provider, said)
            continue
        for application, kind in said:
            candidate = application.candidate
            actor = Actor(Role.YOUNG_PERSON, candidate.account_id, candidate_id=candidate.id)
            baselines.keep_baseline(actor, application, Answer(kind))


def answer_questions() -> None:
    """Answer the questions whose day to be answered has come; some stay open for good."""
    today = clock.today()
    rows = (
        select(Checkpoint, Assignment)
        .join(Assignment, Checkpoint.assignment_id == Assignment.id)
        .where(Checkpoint.state.in_(outcomes.OPEN_STATES))
        .where(Checkpoint.due_on > today - timedelta(days=DAYS_TO_ANSWER))
        .order_by(Checkpoint.id)
    )
    for checkpoint, assignment in db.session.execute(rows).all():
        own = dice(assignment.application.reference, checkpoint.kind)
        answers_on = checkpoint.due_on + timedelta(days=own.randrange(DAYS_TO_ANSWER - 3))
        if own.random() < _tells(assignment, checkpoint) and answers_on <= today:
            speaker = _speaker(own.random(), assignment)
            outcomes.record_outcome(speaker, checkpoint.id, _answer(assignment, checkpoint))


def _path(assignment: Assignment) -> Path:
    share = dice(assignment.application.reference, "path").random()
    for path in PATHS:
        share -= path.share
        if share < 0:
            return path
    return PATHS[-1]


def _since(assignment: Assignment, checkpoint: Checkpoint) -> date:
    """Return the first day of what they do: two weeks before the first question that finds it."""
    first = _path(assignment).in_work[0]
    due = {question.kind: question.due_on for question in questions_at_end(assignment.end_on)}
    return min(due[first], checkpoint.due_on) - timedelta(days=14)


def _tells(assignment: Assignment, checkpoint: Checkpoint) -> float:
    return 0.97 if checkpoint.kind in DURING else _path(assignment).tells


def _speaker(share: float, assignment: Assignment) -> Actor:
    if share < 0.55:
        return provider_of(assignment) or young_person_of(assignment)
    if share < 0.65 and assignment.state == "completed":
        return employer_of(assignment)
    return young_person_of(assignment)


def _answer(assignment: Assignment, checkpoint: Checkpoint) -> Answer:
    reference = assignment.application.reference
    if checkpoint.kind in DURING:
        return Answer(OutcomeKind.TRAIN, from_on=assignment.start_on)
    own = dice(reference, "what")
    work, out = own.choice(WORK), own.choice(OUT)
    if dice(reference, checkpoint.kind, "refuses").random() < 0.02:
        return Answer(OutcomeKind.REFUSED)
    if checkpoint.kind not in _path(assignment).in_work:
        return Answer(out)
    from_on = _since(assignment, checkpoint)
    if work not in (OutcomeKind.JOB, OutcomeKind.APP):
        return Answer(work, from_on=from_on)
    hired = own.random() < 0.4
    firm = marked(f"{own.choice(words.FIRM_NAMES)} {own.choice(words.ANY_SECTOR[0])}")
    return Answer(
        work,
        from_on=from_on,
        hours_per_week=float(own.choice((16, 24, 30, 37))),
        is_temporary=own.random() < 0.2,
        with_whom=assignment.placement.employer.name if hired else firm,
        hired=hired,
    )
