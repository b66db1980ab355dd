"""P5: one's own account."""

from flask import flash, g, redirect, session, url_for
from werkzeug.wrappers import Response

from placements.domain.languages import LANGUAGES
from placements.domain.vocabulary import Role
from placements.services import my_account as service
from placements.services.my_account import Wishes
from placements.web import access
from placements.web.access import open_to
from placements.web.accounts import blueprint
from placements.web.forms import NoForm, PlainForm, one_of, text
from placements.web.pages import page

EVERYONE = (Role.EMPLOYER, Role.PROVIDER, Role.OPERATOR, Role.APPROVER, Role.YOUNG_PERSON)


class AccountForm(PlainForm):
    """What a person is called, and how they are reached."""

    name = text("Name", "Write your name.", autocomplete="name")
    email = text("Email address", None, length=254, autocomplete="email", spellcheck=False)
    mobile = text("Mobile number", None, length=20, autocomplete="tel", spellcheck=False)
    prefers = one_of(
        "How do you like to get messages?",
        "Choose one.",
        [("any", "Either is fine"), ("text", "By text"), ("email", "By email")],
        "What is important, like an offer, comes both ways.",
    )
    language = one_of(
        "Which language is easiest for you to talk in?",
        "Choose one.",
        list(LANGUAGES.items()),
        "Pages and messages are in English. Who calls you reads this.",
    )


@blueprint.route("/account", methods=["GET", "POST"])
@open_to(*EVERYONE, scope="own_person")
def account() -> Response:
    kept = {"name": g.account.name, "email": g.account.email, "mobile": g.account.mobile}
    kept |= {"prefers": g.account.prefers or "any", "language": g.account.language or "en"}
    form, mine = AccountForm(data=kept), g.account.id
    if form.is_sent():
        facts = form.name.data, form.email.data, form.mobile.data, _read_wishes(form)
        done, _ = form.try_act(lambda: service.change_account(mine, *facts))
        if done:
            flash("Saved. Messages go there from now on.")
            return redirect(url_for(".account"), 303)
    sessions = service.list_sessions(mine, session[access.TOKEN])
    return page("accounts/account.html", form=form, sessions=sessions, back=access.home_url())


def _read_wishes(form: AccountForm) -> Wishes:
    prefers, language = form.prefers.data, form.language.data
    return Wishes(None if prefers == "any" else prefers, None if language == "en" else language)


@blueprint.post("/account/sign-out-elsewhere")
@open_to(*EVERYONE, scope="own_person")
def sign_out_elsewhere() -> Response:
    if NoForm().is_sent():
        n = service.end_other_sessions(g.account.id, session[access.TOKEN])
        flash("You are signed out everywhere else." if n else "You were signed in only here.")
    return redirect(url_for(".account"), 303)
