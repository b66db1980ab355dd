"""What takes longer than a page should, worked out again at most every so often by each process."""

import threading
import time
from collections.abc import Callable
from typing import TypeVar

from flask import current_app

Found = TypeVar("Found")
KEPT = "kept_figures"
ONE_AT_A_TIME = threading.Lock()


def keep(name: str, seconds: float, make: Callable[[], Found]) -> Found:
    """Return what `make` gave last, if that is not longer ago; for tests it is made each time."""
    with ONE_AT_A_TIME:
        known = current_app.extensions.setdefault(KEPT, {})
        until, found = known.get(name, (0.0, None))
        if time.monotonic() < until:
            return found
        made = make()
        if current_app.config["SETTINGS"].environment != "test":
            known[name] = (time.monotonic() + seconds, made)
        return made
