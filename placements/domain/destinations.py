"""Which answers count as work or learning, and what it takes to call it sustained."""

from collections.abc import Mapping

from placements.domain.vocabulary import CheckpointKind, OutcomeKind

EMPLOYMENT = frozenset({OutcomeKind.JOB, OutcomeKind.SELF, OutcomeKind.APP})
LEARNING = frozenset({OutcomeKind.EDU_FT, OutcomeKind.EDU_PT, OutcomeKind.TRAIN, OutcomeKind.APP})
UNKNOWN = frozenset({OutcomeKind.UNKNOWN, OutcomeKind.UNCONTACTABLE, OutcomeKind.REFUSED})
LATER = (CheckpointKind.W4, CheckpointKind.M3, CheckpointKind.M6)


def is_work_or_learning(kind: OutcomeKind) -> bool:
    """Say whether an answer counts as a destination."""
    return kind in EMPLOYMENT or kind in LEARNING


def has_destination(answers: Mapping[CheckpointKind, OutcomeKind]) -> bool | None:
    """Say whether a person went on to work or learning; None while nothing is known."""
    known = [kind for kind in answers.values() if kind not in UNKNOWN]
    if any(is_work_or_learning(kind) for kind in known):
        return True
    return False if known else None


def is_sustained(answers: Mapping[CheckpointKind, OutcomeKind]) -> bool | None:
    """Say whether a person was in work or learning at four weeks, three and six months.

    This is the measure at the dated questions; None while one of the three is not known.
    """
    kinds = [answers.get(question, OutcomeKind.UNKNOWN) for question in LATER]
    if any(kind not in UNKNOWN and not is_work_or_learning(kind) for kind in kinds):
        return False
    return None if any(kind in UNKNOWN for kind in kinds) else True
