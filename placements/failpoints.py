"""Named points at which a test stops the service as a power cut would; production refuses them.

`FAILPOINT=name[:nth]=kill|raise|sleep:SECONDS|enospc` acts at the nth pass through `name`, the
first unless it says which.
"""

import errno
import os
import signal
import time
from collections import Counter

_passes: Counter[str] = Counter()


class FailpointReached(Exception):
    """A test asked for an error at this point."""


def pass_failpoint(name: str) -> None:
    """Do what FAILPOINT asks for at `name`; nothing, unless a test set it."""
    where, _, what = os.environ.get("FAILPOINT", "").partition("=")
    chosen, _, nth = where.partition(":")
    if chosen != name:
        return
    _passes[name] += 1
    if _passes[name] != int(nth or 1):
        return
    if what == "kill":
        os.kill(os.getpid(), signal.SIGKILL)
    if what.startswith("sleep:"):
        time.sleep(float(what.removeprefix("sleep:")))
    if what == "raise":
        raise FailpointReached(name)
    if what == "enospc":
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
