"""An invented region: people and employers who do not exist, at real postcodes, from one seed."""

from placements.domain.invented.world import InventedRegion, invent_region

__all__ = ["InventedRegion", "invent_region"]
