"""Signing in by a link or a code, choosing an organisation, signing out."""

from flask import Blueprint, current_app, g, redirect, request, session, url_for
from werkzeug.wrappers import Response

from placements.domain.errors import NotFound
from placements.services import accounts, messages
from placements.web import access
from placements.web.access import open_to
from placements.web.errors import error_page
from placements.web.forms import NoForm, PlainForm, one_of, text
from placements.web.pages import page

blueprint = Blueprint("accounts", __name__)
ASKED = "asked"
OLD_LINK = "This link has been used or is too old. We can send you a new one."
BY_LINK = {"offer": "young_people.offer_by_link", "checkpoint": "young_people.question_by_link"}
BY_LINK |= {"guardian": "guardians.agreement"}


class AddressForm(PlainForm):
    """Where to send the link."""

    address = text(
        "Email address or mobile number",
        "Write your email address or your mobile number.",
        length=254,
        autocomplete="username",
        spellcheck=False,
    )


class CodeForm(PlainForm):
    """The code from the same message, for people who read it on another device."""

    code = text(
        "6-digit code",
        "Write the 6 digits from the message.",
        "If you cannot open the link on this device, type the code from the message.",
        20,
        autocomplete="one-time-code",
        inputmode="numeric",
        classes="govuk-input--width-5",
    )


@blueprint.route("/sign-in", methods=["GET", "POST"])
@open_to()
def sign_in() -> Response:
    form = AddressForm()
    if form.is_sent():
        source = request.remote_addr or ""
        done, _ = form.try_act(lambda: accounts.request_sign_in(form.address.data, source))
        if done:
            session[ASKED] = form.address.data
            return send_after(redirect(url_for(".sent"), 303))
    return page("accounts/sign_in.html", form=form)


def send_after(response: Response) -> Response:
    """Send the message once the reply is out: how long sending takes tells nobody who is known."""
    app = current_app._get_current_object()

    def send() -> None:
        with app.app_context():
            messages.deliver_sign_ins(app.config["SETTINGS"])

    response.call_on_close(send)
    return response


@blueprint.route("/sign-in/sent", methods=["GET", "POST"])
@open_to()
def sent() -> Response:
    form, asked = CodeForm(), session.get(ASKED)
    if asked is None:
        return redirect(url_for(".sign_in"), 303)
    if form.is_sent():
        done, token = form.try_act(lambda: accounts.use_code(asked, form.code.data))
        if done:
            return access.sign_in_as(token)
    return page("accounts/sent.html", form=form)


@blueprint.get("/l/<token>")
@open_to(scope="link")
def link(token: str) -> Response:
    found = accounts.read_link(token)
    if found.purpose in BY_LINK:
        return redirect(url_for(BY_LINK[found.purpose], token=token), 302)
    if found.state != "open":
        return _old(token)
    return page("accounts/link.html", form=NoForm(), first_name=found.first_name, token=token)


@blueprint.post("/l/<token>")
@open_to(scope="link")
def use_link(token: str) -> Response:
    try:
        return access.sign_in_as(accounts.use_sign_in_link(token))
    except NotFound:
        accounts.read_link(token)
        return _old(token)


@blueprint.post("/l/<token>/renew")
@open_to(scope="link")
def renew(token: str) -> Response:
    accounts.renew_link(token)
    return send_after(redirect(url_for(".renewed"), 303))


@blueprint.get("/l/sent")
@open_to()
def renewed() -> Response:
    return page("accounts/renewed.html")


def _old(token: str) -> Response:
    return error_page("This link is too old", OLD_LINK, 410, url_for(".renew", token=token))


class OrganisationForm(PlainForm):
    """Which of several roles to act in."""

    hat = one_of("Who are you acting for?", "Choose one.", [])


@blueprint.route("/organisation", methods=["GET", "POST"])
@open_to()
def organisation() -> Response:
    if g.account is None:
        return redirect(url_for(".sign_in"), 303)
    form = OrganisationForm(data={"hat": g.hat.key if g.hat else None})
    form.hat.choices = [(hat.key, f"{hat.title} ({hat.actor.role.value})") for hat in g.hats]
    if form.is_sent():
        session[access.HAT] = form.hat.data
        g.hat = next(hat for hat in g.hats if hat.key == form.hat.data)
        return redirect(access.home_url(), 303)
    return page("accounts/organisation.html", form=form)


@blueprint.post("/sign-out")
@open_to()
def sign_out() -> Response:
    access.sign_out()
    return redirect(url_for("public.start"), 303)
