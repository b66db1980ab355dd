"""What staff decide of one person's entry: it is ready, one thing is missing, or it cannot be."""

from flask import current_app, flash, redirect, url_for
from werkzeug.wrappers import Response

from placements.services import applications
from placements.web.access import current_actor
from placements.web.authority.blueprint import blueprint, for_operators
from placements.web.authority.people import show_person
from placements.web.forms import NoForm, ReasonForm
from placements.web.pages import page

WITH_REASON = {
    "ask": applications.ask_for_information,
    "refuse": applications.refuse_application,
}


@blueprint.post("/people/<int:application_id>/ready")
@for_operators
def make_ready(application_id: int) -> Response:
    form, actor = NoForm(), current_actor()
    folder = current_app.config["SETTINGS"].region_folder
    if form.is_sent():
        accept = applications.accept_application
        done, _ = form.try_act(lambda: accept(actor, application_id, folder))
        if done:
            flash("They are ready for the next round.")
            return redirect(url_for(".person", application_id=application_id), 303)
    return show_person(application_id, form)


@blueprint.route(
    "/people/<int:application_id>/because/<any(ask, refuse):way>", methods=["GET", "POST"]
)
@for_operators
def decide_with_reason(application_id: int, way: str) -> Response:
    form, actor = ReasonForm(), current_actor()
    application = applications.get_application(actor, application_id)
    if form.is_sent():
        reason = form.reason.data
        done, _ = form.try_act(lambda: WITH_REASON[way](actor, application_id, reason))
        if done:
            flash("Done. The reason is kept with the entry.")
            return redirect(url_for(".person", application_id=application_id), 303)
    return page("authority/decide.html", form=form, application=application, way=way)
