"""R15 for many at once: a table of everybody who is due, and one save for all of it."""

from datetime import date

from flask import flash, redirect, request, url_for
from werkzeug.wrappers import Response

from placements.domain.spoken import read_count, read_day
from placements.domain.vocabulary import OutcomeKind, Role
from placements.services import outcome_batches, outcome_list
from placements.services.outcome_list import OutcomeLine
from placements.services.outcomes import Answer
from placements.web.access import current_actor, open_to
from placements.web.forms import PlainForm
from placements.web.pages import page
from placements.web.providers.blueprint import blueprint
from placements.web.providers.outcome_forms import KINDS, KNOWN, TOLD_BY

MOST_ROWS = 40
CELLS = ("kind", "since", "hours", "told")


class TableForm(PlainForm):
    """The table's own boxes are read here; the form carries its token, key and errors."""


@blueprint.route("/outcomes/table", methods=["GET", "POST"])
@open_to(Role.PROVIDER)
def outcome_table() -> Response:
    actor, form = current_actor(), TableForm()
    due = [line for line in outcome_list.list_outcomes_due(actor) if not line.is_disputed]
    lines = due[:MOST_ROWS]
    if form.is_sent():
        answers = {line.checkpoint_id: _read(form, line) for line in lines if _is_filled(line)}
        if not answers and not form.errors:
            form.add_error("", "Fill in at least one line.")
        if not form.errors:
            refused = outcome_batches.record_table(actor, answers)
            for checkpoint_id, words in refused.items():
                form.add_error("", f"{_name(lines, checkpoint_id)}: {words}")
            if not refused:
                flash(f"{len(answers)} kept. The people concerned are told what you said.")
                return redirect(url_for(".outcome_table"), 303)
    return page(
        "providers/outcome_table.html",
        form=form,
        lines=lines,
        n_more=len(due) - len(lines),
        kinds=[(kind.value, words) for kind, words in KINDS],
        told_by=[words for words, _ in TOLD_BY],
        said=request.form if form.is_submitted() else {},
    )


def _typed(line: OutcomeLine, cell: str) -> str:
    return request.form.get(f"{cell}-{line.checkpoint_id}", "").strip()


def _is_filled(line: OutcomeLine) -> bool:
    return any(_typed(line, cell) for cell in CELLS)


def _name(lines: list[OutcomeLine], checkpoint_id: int) -> str:
    return next((one.name for one in lines if one.checkpoint_id == checkpoint_id), "A line")


def _read(form: TableForm, line: OutcomeLine) -> Answer:
    """Read one line; what cannot be read is an error that names the person, and nothing is kept."""
    chosen = _typed(line, "kind")
    kind = OutcomeKind(chosen) if chosen in {k.value for k, _ in KINDS} else None
    since, hours, told = _read_since(form, line), _read_hours(form, line), _typed(line, "told")
    if kind is None:
        form.add_error("", f"{line.name}: choose what they are doing.")
    if told not in {words for words, _ in TOLD_BY}:
        form.add_error("", f"{line.name}: choose who told you.")
    known = kind in KNOWN
    return Answer(
        kind=kind or OutcomeKind.OTHER,
        from_on=since if known else None,
        hours_per_week=hours if known else None,
        reason=f"Told by: {told}",
    )


def _read_since(form: TableForm, line: OutcomeLine) -> date | None:
    typed = _typed(line, "since")
    try:
        return read_day(typed.replace("/", " ").split()) if typed else None
    except ValueError:
        form.add_error("", f"{line.name}: write the day as 4 6 2026, not {typed}.")
        return None


def _read_hours(form: TableForm, line: OutcomeLine) -> int | None:
    typed = _typed(line, "hours")
    try:
        return read_count(typed) if typed else None
    except ValueError:
        form.add_error("", f"{line.name}: write the hours as a whole number, not {typed}.")
        return None
