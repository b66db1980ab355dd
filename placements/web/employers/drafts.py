"""E6 and E7: describe a placement one question a page, check it, send it."""

from flask import redirect, request, url_for
from werkzeug.wrappers import Response

from placements.domain.errors import Invalid, NotFound, Stale
from placements.domain.vocabulary import Role
from placements.services import drafts, employers, placements
from placements.web.access import current_actor, open_to
from placements.web.employers.blueprint import blueprint
from placements.web.employers.draft_forms import STEP_OF_FIELD, STEPS, StepForm, WhatForm
from placements.web.forms import NoForm
from placements.web.pages import page

NAMES = tuple(STEPS)


@blueprint.route("/placements/new", methods=["GET", "POST"])
@open_to(Role.EMPLOYER)
def new_placement() -> Response:
    actor, form = current_actor(), WhatForm()
    form.fill(None)
    if not form.is_submitted():
        form.sector.data = employers.get_employer(actor, actor.organisation_id).sector
    if form.is_sent():
        done, draft_id = form.try_act(lambda: drafts.begin_draft(actor, form.answers()))
        if done:
            return redirect(url_for(".draft_step", placement_id=draft_id, step="where"), 303)
    return page(form.template, form=form, number=1, back_url=url_for(".placements"))


@blueprint.route("/placements/<int:placement_id>/new/<step>", methods=["GET", "POST"])
@open_to(Role.EMPLOYER)
def draft_step(placement_id: int, step: str) -> Response:
    if step not in STEPS:
        raise NotFound("There is no such page.")
    placement = placements.get_placement(current_actor(), placement_id)
    if not drafts.is_writable(placement):
        return _sent_already(placement_id)
    form = STEPS[step](obj=placement)
    form.fill(placement)
    if step == "where" and not form.site_id.choices:
        return redirect(url_for(".new_site", placement=placement_id), 303)
    if form.is_sent() and _keep(form, placement_id):
        return redirect(_next_url(placement_id, step), 303)
    number = NAMES.index(step) + 1
    return page(
        form.template,
        form=form,
        number=number,
        placement=placement,
        back_url=_back_url(placement_id, number),
    )


def _sent_already(placement_id: int) -> Response:
    """Lead a reader on to the placement; what was typed meanwhile is refused, not lost silently."""
    if request.method == "POST":
        raise Stale(drafts.SENT_ALREADY)
    return redirect(url_for(".placement", placement_id=placement_id), 302)


def _keep(form: StepForm, placement_id: int) -> bool:
    actor = current_actor()
    done, _ = form.try_act(lambda: drafts.save_draft(actor, placement_id, form.answers()))
    return done


def _next_url(placement_id: int, step: str) -> str:
    number = NAMES.index(step) + 1
    if number == len(NAMES) or request.args.get("back") == "check":
        return url_for(".draft_check", placement_id=placement_id)
    return url_for(".draft_step", placement_id=placement_id, step=NAMES[number])


def _back_url(placement_id: int, number: int) -> str:
    if request.args.get("back") == "check":
        return url_for(".draft_check", placement_id=placement_id)
    if number == 1:
        return url_for(".placements")
    return url_for(".draft_step", placement_id=placement_id, step=NAMES[number - 2])


@blueprint.route("/placements/<int:placement_id>/new/check", methods=["GET", "POST"])
@open_to(Role.EMPLOYER)
def draft_check(placement_id: int) -> Response:
    actor, form = current_actor(), NoForm()
    placement = placements.get_placement(actor, placement_id)
    if not drafts.is_writable(placement):
        return _sent_already(placement_id)
    if form.is_sent():
        version = request.form.get("version", type=int)
        done, _ = form.try_act(
            lambda: placements.submit_placement(actor, placement_id, seen_version=version)
        )
        if done:
            return redirect(url_for(".draft_sent", placement_id=placement_id), 303)
    problems = [
        (p, _fix_url(placement, p)) for p in drafts.list_draft_problems(actor, placement_id)
    ]
    return page("employers/check.html", form=form, placement=placement, problems=problems)


def _fix_url(placement, problem: Invalid) -> str:
    """Return the page on which a problem can be put right, and which comes back here."""
    if problem.field in STEP_OF_FIELD:
        step = STEP_OF_FIELD[problem.field]
        return url_for(".draft_step", placement_id=placement.id, step=step, back="check")
    return url_for(".site", site_id=placement.site_id, placement=placement.id)


@blueprint.get("/placements/<int:placement_id>/new/sent")
@open_to(Role.EMPLOYER)
def draft_sent(placement_id: int) -> Response:
    sent = drafts.get_sent(current_actor(), placement_id)
    return page("employers/sent.html", sent=sent)
