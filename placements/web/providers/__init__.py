"""Pages of providers: what waits, their people, registering, files, choices, offers, outcomes."""

from placements.web.providers import (
    agreements,
    attendance,
    choices,
    imports,
    outcome_table,
    outcomes,
    people,
    person,
    placed,
    places,
    readiness,
    registration,
    returns,
    today,
)
from placements.web.providers.blueprint import blueprint

__all__ = [
    "agreements",
    "attendance",
    "blueprint",
    "choices",
    "imports",
    "outcome_table",
    "outcomes",
    "people",
    "person",
    "placed",
    "places",
    "readiness",
    "registration",
    "returns",
    "today",
]
