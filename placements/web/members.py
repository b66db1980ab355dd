"""P6: who acts for an organisation; the room of each role opens it at its own address."""

from typing import cast

from flask import Blueprint, flash, g, redirect, url_for
from werkzeug.wrappers import Response

from placements.domain.vocabulary import Role
from placements.services import members as service
from placements.web import access
from placements.web.access import current_actor, open_to
from placements.web.forms import NoForm, PlainForm, text
from placements.web.pages import page


class InviteForm(PlainForm):
    """One more person for the organisation."""

    name = text("Name", "Write their name.", autocomplete="off")
    email = text("Email address", "Write their email address.", length=254, autocomplete="off")


def add_members_pages(blueprint: Blueprint, role: Role) -> None:
    """Give a room its two addresses: the list with its form, and taking a person off."""

    @blueprint.route("/members", methods=["GET", "POST"], endpoint="members")
    @open_to(role)
    def members() -> Response:
        return _invite()

    @blueprint.post("/members/<int:member_id>/remove", endpoint="remove_member")
    @open_to(role)
    def remove_member(member_id: int) -> Response:
        return _remove(member_id)


def _invite() -> Response:
    form, actor = InviteForm(), current_actor()
    if form.is_sent():
        who = cast(str, form.name.data), cast(str, form.email.data)
        done, _ = form.try_act(lambda: service.invite_member(actor, *who))
        if done:
            flash("They can sign in with this address now. We sent them an invitation by email.")
            return redirect(url_for(".members"), 303)
    return _show(form)


def _remove(member_id: int) -> Response:
    form, actor = NoForm(), current_actor()
    if form.is_sent():
        done, _ = form.try_act(lambda: service.remove_member(actor, member_id))
        if done:
            flash("They do not act for you any more, and are signed out.")
            return redirect(url_for(".members"), 303)
    return _show(form)


def _show(form: InviteForm | NoForm) -> Response:
    return page(
        "accounts/members.html",
        form=form,
        fields=form if isinstance(form, InviteForm) else InviteForm(),
        members=service.list_members(current_actor()),
        back=access.home_url(),
        me=g.account.id,
    )
