"""What the service says of itself: one JSON line a happening, with codes, ids and times only.

A line is what the code wrote, never what a record holds: text that is put into a message by a
library is left out, an exception gives its kind and where it was raised but not its words, and
only the keys named here pass, with values that no name, address or date of birth can be (I-29).
"""

import logging
import re
import sys
import traceback
from collections.abc import MutableMapping
from pathlib import Path
from types import TracebackType
from typing import Any, TextIO

import structlog
from structlog.contextvars import bind_contextvars, clear_contextvars, merge_contextvars
from structlog.stdlib import ExtraAdder, ProcessorFormatter

__all__ = ["bind_contextvars", "clear_contextvars", "list_places", "log_as_json"]

EXTRA = (
    "error",
    "frames",
    "id",
    "invariant",
    "method",
    "ms",
    "n_messages",
    "n_steps",
    "request_id",
    "route",
    "schedule",
    "signal",
    "status",
    "template",
)
CODE = re.compile(r"(?!.*\d{4}-\d\d-\d\d)[A-Za-z0-9_./:<>-]{0,120}")
FRAMES = 12
ROOT = Path(__file__).resolve().parent.parent
Line = MutableMapping[str, Any]


class _ToStandardError(logging.StreamHandler[TextIO]):
    """Writes to the standard error there is now, not to the one there was at the start."""

    def __init__(self) -> None:
        logging.Handler.__init__(self)

    @property
    def stream(self) -> TextIO:
        return sys.stderr

    @stream.setter
    def stream(self, _given: TextIO) -> None:
        raise AttributeError("This handler writes to standard error.")


def log_as_json(level: int = logging.INFO) -> None:
    """Write every line of every library as JSON to standard error; call once a process."""
    handler = _ToStandardError()
    handler.setFormatter(make_formatter())
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level)
    for name in ("gunicorn.error", "gunicorn.access"):
        logging.getLogger(name).handlers.clear()
        logging.getLogger(name).propagate = True
    # A fault of the log itself must not print the line that could not be written.
    logging.raiseExceptions = False
    for loud in ("apscheduler", "alembic", "waitress.queue"):
        logging.getLogger(loud).setLevel(logging.WARNING)


def make_formatter() -> ProcessorFormatter:
    """Return what turns a record of any logger into one line."""
    return ProcessorFormatter(
        foreign_pre_chain=[
            merge_contextvars,
            ExtraAdder(allow=EXTRA),
            structlog.stdlib.add_log_level,
            structlog.stdlib.add_logger_name,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
        ],
        processors=[
            _say_without_values,
            ProcessorFormatter.remove_processors_meta,
            _keep_codes,
            structlog.processors.JSONRenderer(),
        ],
        use_get_message=False,
        pass_foreign_args=True,
    )


def _say_without_values(_logger: object, _method: str, line: Line) -> Line:
    """Put only numbers into the message, and of an exception only its kind and its places."""
    line["event"] = _fill(line["event"], line.pop("positional_args", ()))
    kind, _, where = line.pop("exc_info", None) or (None, None, None)
    if kind is not None:
        line["error"] = kind.__name__
        line["frames"] = list_places(where)
    return line


def _fill(message: str, values: object) -> str:
    if not isinstance(values, tuple) or not values:
        return message
    numbers = tuple(v if isinstance(v, int | float) else "…" for v in values)
    try:
        return message % numbers
    except (TypeError, ValueError):
        return message


def list_places(where: TracebackType | None) -> list[str]:
    """List where an exception passed, the innermost last: file, line and function."""
    return [_place(frame) for frame in traceback.extract_tb(where)[-FRAMES:]]


def _message(record: logging.LogRecord) -> str:
    args = record.args
    if not args:
        return str(record.msg)
    if isinstance(args, tuple):
        args = tuple(a if isinstance(a, int | float) else "…" for a in args)
        try:
            return str(record.msg) % args
        except (TypeError, ValueError):
            return str(record.msg)
    return str(record.msg)


def _place(frame: traceback.FrameSummary) -> str:
    path = Path(frame.filename)
    short = path.relative_to(ROOT) if path.is_relative_to(ROOT) else Path(path.name)
    return f"{short.as_posix()}:{frame.lineno} {frame.name}"


def _keep_codes(_logger: object, _method: str, line: Line) -> Line:
    """Keep back each value that is no number and no code."""
    for key in EXTRA:
        value = line.get(key)
        if isinstance(value, str) and not CODE.fullmatch(value):
            line[key] = "withheld"
        elif value is not None and key != "frames" and not isinstance(value, str | int | float):
            line[key] = type(value).__name__
    return line
