"""What is done to an offer, in order: give these to `make_assignment`."""

from placements.domain.vocabulary import Role

SAID_YES = ("accept", Role.YOUNG_PERSON)
CONFIRMED = (SAID_YES, ("confirm", Role.EMPLOYER))
STARTED = (*CONFIRMED, ("start", Role.EMPLOYER))
COMPLETED = (*STARTED, ("complete", Role.EMPLOYER))
