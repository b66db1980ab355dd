"""How far a solve is: a bar for a person, lines for a program, or nothing."""

from __future__ import annotations

import contextlib
import json
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TextIO

Progress = Callable[[str, int, int], None]
KINDS = ("auto", "bar", "lines", "none")
WIDTH = 24


@contextlib.contextmanager
def watching(how: str) -> Iterator[Progress | None]:
    """The callback for ``--progress``: a kind, or the name of a file that gets a line a step.

    ``auto`` draws a bar on standard error where that is a terminal, and is silent elsewhere.

    Examples
    --------
    >>> with watching("none") as progress:
    ...     progress is None
    True
    """
    if how == "lines":
        yield _Lines(sys.stderr)
    elif how == "bar" or (how == "auto" and sys.stderr.isatty()):
        with _Bar(sys.stderr) as bar:
            yield bar
    elif how in KINDS:
        yield None
    else:
        with Path(how).open("a", encoding="utf-8") as out:
            yield _Lines(out)


class _Lines:
    """One JSON object a step, for a program that waits for this one."""

    def __init__(self, out: TextIO) -> None:
        self.out = out

    def __call__(self, step: str, done: int, total: int) -> None:
        said = json.dumps({"done": done, "step": step, "total": total})
        print(said, file=self.out, flush=True)


class _Bar:
    """One line that is drawn again at each step, and wiped at the end."""

    def __init__(self, out: TextIO) -> None:
        self.out, self.began = out, time.monotonic()

    def __enter__(self) -> _Bar:
        return self

    def __exit__(self, *_: object) -> None:
        self.out.write("\r\x1b[K")
        self.out.flush()

    def __call__(self, step: str, done: int, total: int) -> None:
        full = WIDTH * done // max(total, 1)
        seconds = time.monotonic() - self.began
        bar = f"[{'#' * full:<{WIDTH}}] {done}/{total} {step} {seconds:.1f} s"
        self.out.write(f"\r\x1b[K{bar}")
        self.out.flush()
