"""How far the making of a plan is, kept where every page and process can read it.

The words stand in the round's `reason` while it is being planned, when nothing else is there.
"""

from sqlalchemy import select, update

from placements.extensions import db
from placements.models.rounds import Round
from placements.services.solver_process import SolveStopped, Tell
from placements.services.transactions import TOGETHER, act

STEPS = {
    "edges": "finding who could go where",
    "costs": "weighing the pairs",
    "match": "choosing among all pairs at once",
    "plan": "writing the plan down",
    "verify": "checking the plan with a second program",
    "explain": "writing a reason for everybody",
}


def make_teller(round_id: int) -> Tell:
    """Return what keeps each new step of a round, and stops the solve of one called off."""
    last = [""]

    def tell(step: str) -> None:
        words = describe_step(step)
        is_new = bool(words) and words != last[0]
        wanted = _keep_step(round_id, words) if is_new else _is_planned(round_id)
        if not wanted:
            raise SolveStopped
        last[0] = words

    return tell


def describe_step(step: str) -> str:
    """Say a step of the solve and how many there are, as `2 of 6: weighing the pairs`."""
    if step not in STEPS:
        return ""
    return f"{list(STEPS).index(step) + 1} of {len(STEPS)}: {STEPS[step]}"


@act
def _keep_step(round_id: int, words: str) -> bool:
    """Keep the words; False if the round is not being planned any more."""
    being_planned = (Round.id == round_id, Round.state == "simulating")
    told = update(Round).where(*being_planned).values(reason=words)
    return db.session.execute(told).rowcount == 1


def _is_planned(round_id: int) -> bool:
    """Look again at the round, in a transaction of its own unless all is kept as one."""
    state = db.session.scalar(select(Round.state).where(Round.id == round_id))
    if not db.session.info.get(TOGETHER):
        db.session.rollback()
    return state == "simulating"
