"""A young person's pages: one next thing, places, an answer, the first day, what became of it."""

from placements.web.young_people import (
    details,
    home,
    my_data,
    offers,
    placement,
    places,
    questions,
    timeline,
)
from placements.web.young_people.blueprint import blueprint

__all__ = [
    "blueprint",
    "details",
    "home",
    "my_data",
    "offers",
    "placement",
    "places",
    "questions",
    "timeline",
]
