"""The one door to numba: compiled once, kept on disk, and free of Python's lock while it runs."""

from __future__ import annotations

import hashlib
import os
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import ParamSpec, TypeVar, cast

import numpy as np
import numpy.typing as npt
from numba import config, njit

P = ParamSpec("P")
R = TypeVar("R")
Ints = npt.NDArray[np.int64]
Ints32 = npt.NDArray[np.int32]
Bools = npt.NDArray[np.bool_]
PACKAGE = Path(__file__).parents[2]
OTHERS = ("augmenting.py", "transport/scan.py")


def compiled(function: Callable[P, R]) -> Callable[P, R]:
    """Compile at the first call; what was compiled is kept for the next process."""
    return cast(Callable[P, R], njit(cache=KEPT, nogil=True)(function))


def kept_in(package: Path, given: str) -> Path | None:
    """The folder for what was compiled, named after the text of all that is; None for none.

    A compiled function holds the code of those that it calls, but numba compares its own file
    alone: after an upgrade of another file it would go on with the old text. Where nothing can be
    written, every process compiles for itself. ``given`` is the place that ``NUMBA_CACHE_DIR``
    names, if any; else it is beside the package, or in the cache of whoever runs it.
    """
    files = [*sorted(package.glob("**/kernel/*.py")), *(package / name for name in OTHERS)]
    text = hashlib.sha256(b"\0".join(file.read_bytes() for file in files)).hexdigest()[:16]
    beside = package / "__pycache__"
    home = os.environ.get("XDG_CACHE_HOME") or os.path.expanduser("~/.cache")
    for place in (Path(given),) if given else (beside, Path(home)):
        folder = place / f"matching-{text}"
        if not place.is_absolute() or not _is_open(folder):
            continue
        if place == beside:
            for old in set(place.glob("matching-*")) - {folder}:
                shutil.rmtree(old, ignore_errors=True)
        return folder
    return None


def _is_open(folder: Path) -> bool:
    """Whether a folder is there, if need be from now on, and can be written to."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError:
        return False
    return os.access(folder, os.W_OK | os.X_OK)


_FOLDER = kept_in(PACKAGE, vars(config)["CACHE_DIR"])
KEPT = _FOLDER is not None
if KEPT:
    vars(config)["CACHE_DIR"] = str(_FOLDER)
