"""Visitors to a real app over a real database."""

import pytest
from web.visitor import Visitor


@pytest.fixture
def visit(app):
    """A function that makes a visitor, signed in when an account is given."""

    def make(account_id=None, hat_key=None):
        visitor = Visitor(app)
        return visitor.sign_in(account_id, hat_key) if account_id else visitor

    return make
