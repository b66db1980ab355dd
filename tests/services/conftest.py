"""After every test of a service, what it left behind is held to the rules that never rest."""

import pytest

from placements.domain.postcodes import Gazetteer
from placements.domain.region import load_region
from placements.extensions import db
from placements.services.invariants import verifying
from placements.settings import ROOT

NEVER_REST = ("I-02", "I-04", "I-15", "I-27", "I-28")


@pytest.fixture
def edited_by_hand():
    """For a test that writes past the services on purpose: what it leaves is not checked."""


@pytest.fixture(autouse=True)
def holds_after(request):
    """I-02, I-04, I-15, I-27 and I-28 hold in the state that the test leaves."""
    if "app" not in request.fixturenames or "edited_by_hand" in request.fixturenames:
        yield
        return
    app = request.getfixturevalue("app")
    yield
    with app.app_context(), verifying.one_picture():
        report = verifying.run_checks({name: verifying.ALL[name] for name in NEVER_REST})
        db.session.remove()
    assert (report.violations, report.unchecked) == ((), ())


@pytest.fixture(scope="session")
def west_midlands():
    """The rules and the postcodes that the demo is made of."""
    rules = load_region(ROOT / "config/regions/west_midlands")
    return rules, Gazetteer.load(rules.postcodes_path, rules.sectors_path, rules.district_of)
