"""E4: the workplaces young people travel to."""

from flask import current_app, flash, redirect, request, url_for
from werkzeug.wrappers import Response

from placements.domain.vocabulary import Role
from placements.services import drafts, employers
from placements.services.employers import SiteFacts
from placements.web.access import current_actor, open_to
from placements.web.employers.blueprint import blueprint
from placements.web.employers.forms import SiteForm
from placements.web.pages import page

STEP_FREE = {True: "yes", False: "no", None: "unknown"}


@blueprint.get("/sites")
@open_to(Role.EMPLOYER)
def sites() -> Response:
    actor = current_actor()
    return page("employers/sites.html", sites=employers.list_sites(actor, actor.organisation_id))


@blueprint.route("/sites/new", methods=["GET", "POST"])
@open_to(Role.EMPLOYER)
def new_site() -> Response:
    form, placement_id = SiteForm(), request.args.get("placement", type=int)
    if placement_id is not None:
        drafts.get_draft(current_actor(), placement_id)
    if form.is_sent():
        done, site_id = form.try_act(lambda: _create(form.facts()))
        if done and placement_id is not None:
            drafts.save_draft(current_actor(), placement_id, {"site_id": site_id})
            return redirect(_after_site(placement_id), 303)
        if done:
            return _saved(site_id)
    return page("employers/site.html", form=form, placement_id=placement_id, site=None)


def _create(facts: SiteFacts) -> int:
    actor, settings = current_actor(), current_app.config["SETTINGS"]
    return employers.create_site(actor, actor.organisation_id, settings.region_folder, facts)


def _after_site(placement_id: int) -> str:
    if request.args.get("back") == "check":
        return url_for(".draft_check", placement_id=placement_id)
    return url_for(".draft_step", placement_id=placement_id, step="when")


def _saved(site_id: int) -> Response:
    site = employers.get_site(current_actor(), site_id)
    flash(f"{site.name} is saved. It is in {site.district}.")
    return redirect(url_for(".sites"), 303)


@blueprint.route("/sites/<int:site_id>", methods=["GET", "POST"])
@open_to(Role.EMPLOYER)
def site(site_id: int) -> Response:
    found = employers.get_site(current_actor(), site_id)
    folder, placement_id = (
        current_app.config["SETTINGS"].region_folder,
        request.args.get("placement", type=int),
    )
    form = SiteForm(obj=found)
    if not form.is_submitted():
        form.step_free.data = STEP_FREE[found.step_free]
    if form.is_sent():
        done, _ = form.try_act(
            lambda: employers.change_site(current_actor(), site_id, folder, form.facts())
        )
        if done and placement_id is not None:
            return redirect(url_for(".draft_check", placement_id=placement_id), 303)
        if done:
            return _saved(site_id)
    return page("employers/site.html", form=form, placement_id=placement_id, site=found)
