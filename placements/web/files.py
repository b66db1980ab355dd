"""A table as a file to keep."""

from collections.abc import Iterable

from flask import make_response
from werkzeug.wrappers import Response

from placements.domain.csv_rows import write_rows


def csv_file(name: str, header: list[str], rows: Iterable[Iterable[object]]) -> Response:
    """Return rows as a CSV file that a spreadsheet opens and never runs."""
    reply = make_response(write_rows(header, rows))
    reply.headers["Content-Type"] = "text/csv; charset=utf-8"
    reply.headers["Content-Disposition"] = f'attachment; filename="{name}.csv"'
    return reply
