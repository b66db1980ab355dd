"""The gates: each route says whom it is open to; a route that says nothing is open to nobody."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar
from urllib.parse import urlsplit

from flask import Flask, abort, g, redirect, request, session, url_for
from werkzeug.wrappers import Response

from placements.domain.errors import NotFound
from placements.domain.permissions import Actor
from placements.domain.vocabulary import Role
from placements.services import accounts, api_keys
from placements.services.hats import Hat, list_hats
from placements.services.restoring_mark import is_restoring
from placements.services.transactions import Busy

View = TypeVar("View", bound=Callable)
TOKEN, HAT, NEXT = "token", "hat", "next"
HIDDEN = "null"
ALWAYS = ("static", "public.healthz", "public.readyz")
RESTORING_WORDS = "The records are being brought back from a copy. Try again in a few minutes."
API, BEARER = "api", "Bearer "
SCOPES = {
    Role.EMPLOYER: "own_org",
    Role.PROVIDER: "own_org",
    Role.YOUNG_PERSON: "own_person",
    Role.OPERATOR: "authority",
    Role.APPROVER: "authority",
}
HOMES = {
    Role.EMPLOYER: "employers.home",
    Role.PROVIDER: "providers.home",
    Role.OPERATOR: "authority.home",
    Role.APPROVER: "authority.home",
    Role.YOUNG_PERSON: "young_people.home",
}


@dataclass(frozen=True)
class Gate:
    """Who may pass, and whose records the route shows; no roles means everybody."""

    roles: tuple[Role, ...]
    scope: str


def open_to(*roles: Role, scope: str | None = None) -> Callable[[View], View]:
    """Open a view to `roles`; without any it is public, or open to a link's token."""

    def mark(view: View) -> View:
        view.gate = Gate(roles, scope or (SCOPES[roles[0]] if roles else "public"))
        return view

    return mark


def find_gate(app: Flask, endpoint: str) -> Gate | None:
    """Return the gate of an endpoint; static files are public."""
    if endpoint == "static":
        return Gate((), "public")
    return getattr(app.view_functions[endpoint], "gate", None)


def guard_routes(app: Flask) -> None:
    """Check the gate before every request."""

    @app.before_request
    def check() -> Response | None:
        g.account, g.hats, g.hat = None, [], None
        if request.endpoint is None or request.endpoint in ALWAYS:
            return None
        if is_restoring():
            raise Busy(RESTORING_WORDS)
        _check_origin()
        _load_account()
        gate = find_gate(app, request.endpoint)
        if gate is None:
            abort(404)
        return _check_gate(gate)


def _check_gate(gate: Gate) -> Response | None:
    if not gate.roles:
        return None
    if g.hat is None and request.blueprint == API:
        abort(401)
    if g.hat is None:
        if request.method == "GET":
            session[NEXT] = request.full_path.rstrip("?")
        return redirect(url_for("accounts.sign_in"), 303)
    if g.hat.actor.role not in gate.roles:
        raise NotFound("There is no such page, or it is not yours.")
    return None


def _check_origin() -> None:
    """Refuse a write that another site sent, whatever token it carries.

    Our pages send no referrer, so a browser hides their origin too and writes "null"; where the
    form was is then in Sec-Fetch-Site, and for browsers without it the form's token decides.
    """
    if request.method in ("GET", "HEAD", "OPTIONS") or request.blueprint == API:
        return
    origin = request.headers.get("Origin") or HIDDEN
    sent_from = request.headers.get("Sec-Fetch-Site", "same-origin")
    is_ours = urlsplit(origin).netloc == request.host
    if origin == HIDDEN:
        is_ours = sent_from in ("same-origin", "none")
    if not is_ours:
        abort(403)


def _load_account() -> None:
    if request.blueprint == API:
        # A program is known by its key alone: a browser's cookie opens nothing here.
        given = request.headers.get("Authorization", "")
        g.hat = api_keys.find_hat(given.removeprefix(BEARER)) if given.startswith(BEARER) else None
        return
    token = session.get(TOKEN)
    if token is None:
        return
    try:
        g.account = accounts.find_account(token)
    except NotFound:
        session.pop(TOKEN)
        return
    g.hats = list_hats(g.account.id)
    chosen = session.get(HAT)
    g.hat = next((hat for hat in g.hats if hat.key == chosen), None) or next(iter(g.hats), None)


def current_actor() -> Actor:
    """Return who acts; only behind a gate with roles."""
    return current_hat().actor


def current_hat() -> Hat:
    """Return the role that acts, with its title; only behind a gate with roles."""
    hat: Hat = g.hat
    return hat


def sign_in_as(token: str, hat_key: str | None = None) -> Response:
    """Begin a new browser session and go where the person was going, or home."""
    wanted = session.get(NEXT)
    session.clear()
    session[TOKEN] = token
    if hat_key:
        session[HAT] = hat_key
    _load_account()
    return redirect(wanted or home_url(), 303)


def sign_out() -> None:
    """End the session here and in the database."""
    token = session.pop(TOKEN, None)
    session.clear()
    if token:
        accounts.end_session(token)


def home_url() -> str:
    """Return the first page of the role the person acts in."""
    if g.hat is None:
        return url_for("public.start")
    return url_for(HOMES[g.hat.actor.role])
