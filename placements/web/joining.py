"""E1: an employer joins by itself; two pages and it can describe a placement."""

from flask import current_app, redirect, request, session, url_for
from werkzeug.wrappers import Response

from placements.services import accounts, joining
from placements.services.gazetteer import get_rules
from placements.web import access
from placements.web.access import open_to
from placements.web.accounts import ASKED, blueprint, send_after
from placements.web.forms import PlainForm, one_of, text
from placements.web.pages import page

JOINING = "joining"


class OrganisationForm(PlainForm):
    """Which organisation."""

    organisation = text("Name of your organisation", "Write its name.", autocomplete="organization")
    company_number = text("Company number (optional)", None, "8 digits, like 01234567", 12)
    sector = one_of("Kind of work", "Choose one.", [])


class PersonForm(PlainForm):
    """Who acts for it."""

    name = text("Your name", "Write your name.", autocomplete="name")
    job_title = text(
        "Your role there", "Write what you do there.", autocomplete="organization-title"
    )
    email = text("Email address", "Write your email address.", length=254, autocomplete="email")
    mobile = text("Mobile number (optional)", None, length=20, autocomplete="tel")


@blueprint.route("/employer/join", methods=["GET", "POST"])
@open_to()
def join() -> Response:
    form = OrganisationForm(data=session.get(JOINING))
    sectors = _rules().sectors
    form.sector.choices = [(sector.code, sector.name) for sector in sectors]
    if form.is_sent():
        names = ("organisation", "company_number", "sector")
        session[JOINING] = {name: form[name].data for name in names}
        return redirect(url_for(".who_joins"), 303)
    return page("accounts/join.html", form=form)


@blueprint.route("/employer/join/you", methods=["GET", "POST"])
@open_to()
def who_joins() -> Response:
    kept, form = session.get(JOINING), PersonForm()
    if kept is None:
        return redirect(url_for(".join"), 303)
    if form.is_sent():
        names = ("name", "job_title", "email", "mobile")
        you = joining.Applicant(**kept, **{name: form[name].data for name in names})
        source, code = request.remote_addr or "", _rules().code
        done, _ = form.try_act(lambda: joining.join_as_employer(code, you, source))
        if done:
            session.pop(JOINING)
            return _send_link(you.email)
    return page("accounts/join_you.html", form=form, organisation=kept["organisation"])


def _send_link(email: str) -> Response:
    """Send the first sign-in link: whoever reads that mail is who joins."""
    accounts.request_sign_in(email, request.remote_addr or "")
    session[access.NEXT] = url_for("employers.new_pledge")
    session[ASKED] = email
    return send_after(redirect(url_for(".sent"), 303))


def _rules():
    return get_rules(current_app.config["SETTINGS"].region_folder)
