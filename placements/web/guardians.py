"""The one page of a parent or guardian: read what is agreed, sign it; no account, no sign-in."""

from flask import Blueprint, redirect, url_for
from werkzeug.wrappers import Response

from placements.services import guardians as service
from placements.web.access import open_to
from placements.web.errors import error_page
from placements.web.forms import PlainForm, some_of
from placements.web.pages import page

blueprint = Blueprint("guardians", __name__, url_prefix="/guardian")
OLD_LINK = "This link is too old. We can send a new one to the contact we have."


class SignForm(PlainForm):
    """That they may sign, and agree."""

    agrees = some_of(
        "Your agreement",
        [("yes", "I am their parent or guardian, I have read this, and I agree")],
    )


@blueprint.route("/<token>", methods=["GET", "POST"])
@open_to(scope="link")
def agreement(token: str) -> Response:
    found, form = service.read_guardian_link(token), SignForm()
    if found.is_old and found.terms.awaits("guardian"):
        renew_url = url_for("accounts.renew", token=token)
        return error_page("This link is too old", OLD_LINK, 410, renew_url)
    if form.is_sent() and not form.agrees.data:
        form.add_error("agrees", "Tick this to sign. If you do not agree, close the page.")
    elif form.is_sent() and form.try_act(lambda: service.sign_as_guardian(token))[0]:
        return redirect(url_for(".agreement", token=token), 303)
    return page("guardians/agreement.html", form=form, found=found)
