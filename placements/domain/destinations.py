"""Which answers count as work or learning."""

from collections.abc import Iterable

from placements.domain.vocabulary import OutcomeKind

EMPLOYMENT = frozenset({OutcomeKind.JOB, OutcomeKind.SELF, OutcomeKind.APP})
LEARNING = frozenset({OutcomeKind.EDU_FT, OutcomeKind.EDU_PT, OutcomeKind.TRAIN, OutcomeKind.APP})
UNKNOWN = frozenset({OutcomeKind.UNKNOWN, OutcomeKind.UNCONTACTABLE, OutcomeKind.REFUSED})


def is_work_or_learning(kind: OutcomeKind) -> bool:
    """Say whether an answer counts as a destination."""
    return kind in EMPLOYMENT or kind in LEARNING


def has_destination(answers: Iterable[OutcomeKind]) -> bool | None:
    """Say whether a person went on to work or learning; None while nothing is known."""
    known = [kind for kind in answers if kind not in UNKNOWN]
    if any(is_work_or_learning(kind) for kind in known):
        return True
    return False if known else None
