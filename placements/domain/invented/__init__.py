"""An invented region: people and employers who do not exist, at real postcodes, from one seed."""

from placements.domain.invented.world import (
    InventedPast,
    InventedRegion,
    invent_past,
    invent_region,
)

__all__ = ["InventedPast", "InventedRegion", "invent_past", "invent_region"]
