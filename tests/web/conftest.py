"""Visitors to a real app over a real database; `world` is what each folder of pages makes."""

import pytest
from web.visitor import Visitor

from placements.extensions import db


@pytest.fixture
def visit(app):
    """A function that makes a visitor, signed in when an account is given."""

    def make(account_id=None, hat_key=None):
        visitor = Visitor(app)
        return visitor.sign_in(account_id, hat_key) if account_id else visitor

    return make


@pytest.fixture
def us(world, visit):
    """A visitor who acts for our organisation."""
    return visit(world.account_id)


@pytest.fixture
def them(world, visit):
    """A visitor who acts for another organisation."""
    return visit(world.other_account_id)


@pytest.fixture
def read(app):
    """A function that reads one column of a record."""

    def get(model, record_id, name):
        with app.app_context():
            return getattr(db.session.get_one(model, record_id), name)

    return get
