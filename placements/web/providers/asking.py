"""What is said after many people were asked again with one press."""

from collections.abc import Sequence

from placements.services.chases import Chased


def told_words(told: Sequence[Chased]) -> str:
    """Say how many messages go and how many do not; the page beneath says why, row by row."""
    if not told:
        return "Choose who to ask first."
    n_goes = sum(one.goes for one in told)
    goes = f"{n_goes} {'reminder goes' if n_goes == 1 else 'reminders go'} out."
    n_not = len(told) - n_goes
    return f"{goes} {n_not} not sent: the list says why." if n_not else goes
