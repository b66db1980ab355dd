"""Keys for an organisation's own programs; each room opens the page at its own address."""

from flask import Blueprint, flash, redirect, url_for
from werkzeug.wrappers import Response

from placements.domain.vocabulary import Role
from placements.services import api_keys
from placements.web import access
from placements.web.access import current_actor, open_to
from placements.web.forms import NoForm, PlainForm, text
from placements.web.pages import page


class KeyForm(PlainForm):
    """What a key is for."""

    name = text(
        "What is the key for?",
        "Write what the key is for.",
        "For example, our case system",
        api_keys.LONGEST_NAME,
        autocomplete="off",
    )


def add_keys_pages(blueprint: Blueprint, role: Role) -> None:
    """Give a room its two addresses: the list with its form, and ending a key."""

    @blueprint.route("/keys", methods=["GET", "POST"], endpoint="keys")
    @open_to(role)
    def keys() -> Response:
        return _make()

    @blueprint.post("/keys/<int:key_id>/end", endpoint="end_key")
    @open_to(role)
    def end_key(key_id: int) -> Response:
        if NoForm().is_sent():
            api_keys.end_key(current_actor(), key_id)
            flash("The key opens nothing any more.")
        return redirect(url_for(".keys"), 303)


def _make() -> Response:
    """Show a new key on the very reply that made it: it is kept nowhere, not even for a reload."""
    form, actor, made = KeyForm(), current_actor(), None
    if form.is_sent():
        name = form.name.data or ""
        _, made = form.try_act(lambda: api_keys.make_key(actor, name))
    return page(
        "accounts/keys.html",
        form=form,
        made=made,
        keys=api_keys.list_keys(actor),
        back=access.home_url(),
    )
