"""Styles travel small: a phone without credit should not pay for white space.

Only files that are the same for everybody are squeezed; a page with something secret in it is
not, because its length would tell about what is in it.
"""

import gzip
from functools import lru_cache
from pathlib import Path

from flask import Flask, request
from werkzeug.wrappers import Response

KINDS = ("text/css", "image/svg+xml")
SMALLEST = 1000


def squeeze_static_files(app: Flask) -> None:
    """Send static text files compressed to every browser that takes them so."""

    @app.after_request
    def squeeze(response: Response) -> Response:
        if request.endpoint != "static" or response.mimetype not in KINDS:
            return response
        response.vary.add("Accept-Encoding")
        path = Path(app.static_folder or "", (request.view_args or {}).get("filename", ""))
        wanted = response.status_code == 200 and request.accept_encodings["gzip"] > 0
        if not wanted or request.range is not None or path.stat().st_size < SMALLEST:
            return response
        # The file that was opened to be sent is not sent.
        response.close()
        response.direct_passthrough = False
        response.set_data(_squeezed(path, path.stat().st_mtime_ns))
        response.headers["Content-Encoding"] = "gzip"
        return response


@lru_cache(maxsize=32)
def _squeezed(path: Path, _changed_at: int) -> bytes:
    return gzip.compress(path.read_bytes(), mtime=0)
