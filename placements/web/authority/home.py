"""What is late first, then where the round is."""

from flask import redirect, url_for
from werkzeug.wrappers import Response

from placements.domain.vocabulary import Kind
from placements.services import asks, round_board, rounds
from placements.services.dead_letters import retry_message as retry
from placements.services.exceptions import count_to_check, list_exceptions
from placements.web.access import current_actor
from placements.web.authority.blueprint import blueprint, for_operators, for_staff
from placements.web.authority.steps import find_next_step
from placements.web.forms import NoForm
from placements.web.pages import page

OVER = ("final", "cancelled")


@blueprint.get("")
@for_staff
def home() -> Response:
    actor = current_actor()
    running = [r for r in rounds.list_rounds(actor) if r.state not in OVER]
    done = round_board.list_done_each(running)
    running.sort(key=lambda round_: round_.release_at)
    boards = [_board(actor, round_, done[round_.id]) for round_ in running]
    n_to_check, since = count_to_check(actor)
    return page(
        "authority/home.html",
        concerns=list_exceptions(actor),
        n_to_check=n_to_check,
        to_check_since=since,
        boards=boards,
    )


def _board(actor, round_, done):
    step = find_next_step(round_, actor.role, round_board.find_sent_back(done))
    return round_, round_board.list_steps(round_, done), step


@blueprint.post("/messages/<int:message_id>/retry")
@for_operators
def retry_message(message_id: int) -> Response:
    if NoForm().is_sent():
        retry(current_actor(), message_id)
    return redirect(url_for(".home"), 303)


@blueprint.post("/asked/<any(application, assignment):kind>/<int:record_id>")
@for_operators
def answered(kind: str, record_id: int) -> Response:
    if NoForm().is_sent():
        asks.mark_answered(current_actor(), Kind(kind), record_id)
    return redirect(url_for(".home"), 303)
