"""After every test of a service, what it left behind is held to the rules that never rest."""

import pytest

from placements.extensions import db
from placements.services.invariants import verifying

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
