"""P5: one's own account."""

from flask import flash, g, redirect, session, url_for
from werkzeug.wrappers import Response

from placements.domain.vocabulary import Role
from placements.services import my_account as service
from placements.web import access
from placements.web.access import open_to
from placements.web.accounts import blueprint
from placements.web.forms import NoForm, PlainForm, text
from placements.web.pages import page

EVERYONE = (Role.EMPLOYER, Role.PROVIDER, Role.OPERATOR, Role.APPROVER, Role.YOUNG_PERSON)


class AccountForm(PlainForm):
    """What a person is called, and how they are reached."""

    name = text("Name", "Write your name.", autocomplete="name")
    email = text("Email address", None, length=254, autocomplete="email", spellcheck=False)
    mobile = text("Mobile number", None, length=20, autocomplete="tel", spellcheck=False)


@blueprint.route("/account", methods=["GET", "POST"])
@open_to(*EVERYONE, scope="own_person")
def account() -> Response:
    kept = {"name": g.account.name, "email": g.account.email, "mobile": g.account.mobile}
    form, mine = AccountForm(data=kept), g.account.id
    if form.is_sent():
        facts = form.name.data, form.email.data, form.mobile.data
        done, _ = form.try_act(lambda: service.change_account(mine, *facts))
        if done:
            flash("Saved. Messages go there from now on.")
            return redirect(url_for(".account"), 303)
    sessions = service.list_sessions(mine, session[access.TOKEN])
    return page("accounts/account.html", form=form, sessions=sessions, back=access.home_url())


@blueprint.post("/account/sign-out-elsewhere")
@open_to(*EVERYONE, scope="own_person")
def sign_out_elsewhere() -> Response:
    if NoForm().is_sent():
        n = service.end_other_sessions(g.account.id, session[access.TOKEN])
        flash("You are signed out everywhere else." if n else "You were signed in only here.")
    return redirect(url_for(".account"), 303)
