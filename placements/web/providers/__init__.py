"""Pages of providers: what waits, their people, registering, files, choices, offers, outcomes."""

from placements.web.providers import (
    choices,
    imports,
    outcomes,
    people,
    person,
    placed,
    registration,
    today,
)
from placements.web.providers.blueprint import blueprint

__all__ = [
    "blueprint",
    "choices",
    "imports",
    "outcomes",
    "people",
    "person",
    "placed",
    "registration",
    "today",
]
