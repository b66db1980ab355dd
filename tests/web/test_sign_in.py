"""Signing in by a link, and everything that must not sign anybody in."""

import pytest
from factories.records import make_account, make_employer, make_provider, make_region

from placements.extensions import db
from placements.models.candidates import ProviderMember
from placements.models.employers import EmployerMember
from placements.services import accounts
from placements.services.transactions import act


@pytest.fixture
def member(app):
    """An account that acts for an employer and for a provider."""
    with app.app_context():
        yield _make_member()


@act
def _make_member():
    region, account = make_region(), make_account(email="priya@mail.example")
    employer = make_employer(region, name="Invented Foundry")
    provider = make_provider(region, name="Invented Skills")
    db.session.add(EmployerMember(employer_id=employer.id, account_id=account.id))
    db.session.add(ProviderMember(provider_id=provider.id, account_id=account.id))
    db.session.flush()
    return account.id


def test_link_opened_ten_times_still_signs_in_once(visit, member):
    token = accounts.make_sign_in_link(member)
    visitor = visit()
    for _ in range(10):
        assert visitor.get(f"/l/{token}").status == 200
        assert visitor.client.head(f"/l/{token}").status_code == 200
    assert "Sign out" in visitor.send("Continue").text
    visitor.client.post(
        "/sign-out", data={"csrf_token": visitor.page.forms[0].fields["csrf_token"]}
    )
    assert visitor.get(f"/l/{token}").status == 410


def test_unknown_link_reads_like_an_unknown_page(visit):
    visitor = visit()
    unknown_page, unknown_link = visitor.get("/nowhere").text, visitor.get("/l/abc").text
    assert visitor.status == 404
    assert unknown_page.split("give this number")[0] == unknown_link.split("give this number")[0]


def test_known_and_unknown_address_read_the_same(visit, member):
    pages = []
    for address in ("priya@mail.example", "nobody@mail.example"):
        visitor = visit().get("/sign-in").send("Send me a link", address=address)
        pages.append((visitor.status, visitor.here, visitor.text))
    assert pages[0] == pages[1]


def test_empty_address_says_what_to_write(visit):
    visitor = visit().get("/sign-in").send("Send me a link")
    assert visitor.status == 422
    assert visitor.title.startswith("Error:")
    assert "Write your email address or your mobile number." in visitor.text


def test_page_asked_for_before_signing_in_opens_after_it(visit, member):
    visitor = visit()
    assert visitor.get("/employer/sites").here == "/sign-in"
    token = accounts.make_sign_in_link(member)
    visitor.get(f"/l/{token}").send("Continue")
    assert visitor.here == "/employer/sites"


def test_person_of_two_organisations_changes_between_them(visit, member):
    visitor = visit(member).get("/employer")
    assert "Invented Foundry" in visitor.text
    visitor.get("/organisation")
    provider = next(h for h in visitor.html.split('value="') if h.startswith("provider:"))
    visitor.send("Use this one", hat=provider.split('"')[0])
    assert visitor.here == "/provider"
    assert visitor.get("/employer").status == 404


def test_hat_that_is_not_theirs_is_not_worn(visit, member):
    visitor = visit(member, hat_key="operator:1").get("/employer")
    assert (visitor.status, "Invented Foundry" in visitor.text) == (200, True)
    assert visitor.get("/authority").status == 404


def test_signing_out_ends_the_session_everywhere(app, visit, member):
    visitor = visit(member).get("/employer")
    with visitor.client.session_transaction() as held:
        stolen = held["token"]
    visitor.send("Sign out")
    with visitor.client.session_transaction() as held:
        held["token"] = stolen
    assert visitor.get("/employer").here == "/sign-in"
