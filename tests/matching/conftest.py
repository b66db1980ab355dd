"""Small markets for the engine's tests."""

from __future__ import annotations

import pytest

from matching import Market, Plan, solve
from matching.generate import generate


@pytest.fixture(scope="session")
def city() -> Market:
    """An invented market of 250 people and 80 places."""
    return generate(250, 30, 80, seed=5)


@pytest.fixture(scope="session")
def city_plan(city: Market) -> Plan:
    return solve(city)
