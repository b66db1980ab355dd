"""A log line holds codes, ids and times: nothing that was put in by a person comes out (I-29)."""

import io
import json
import logging
from contextlib import contextmanager

import pytest

from placements.logs import make_formatter

CANARIES = ("Zephyrine Quill", "canary@quill.example", "2009-03-14", "DY4 8ZZ", "07700 900999")


@contextmanager
def lines_of(name):
    """What a logger writes, line by line, as JSON."""
    written, logger = io.StringIO(), logging.getLogger(name)
    handler = logging.StreamHandler(written)
    handler.setFormatter(make_formatter())
    as_was = logger.level
    logger.addHandler(handler)
    logger.setLevel(logging.INFO)
    lines = []
    try:
        yield lines
    finally:
        logger.removeHandler(handler)
        logger.setLevel(as_was)
    lines += [json.loads(line) for line in written.getvalue().splitlines()]
    assert not [canary for canary in CANARIES if canary in written.getvalue()]


@pytest.mark.parametrize("canary", CANARIES)
def test_I29_no_value_of_a_person_comes_out_of_a_line(canary):
    with lines_of("some.library") as lines:
        log = logging.getLogger("some.library")
        log.info("sent to %s after %d tries", canary, 3)
        log.info("sent", extra={"id": 7, "route": canary, "name_of": canary, "status": [canary]})
        try:
            raise ValueError(canary)
        except ValueError:
            log.exception("stopped", extra={"id": 8})
    sent, with_facts, stopped = lines
    assert sent["event"] == "sent to … after 3 tries"
    assert (with_facts["id"], "name_of" in with_facts) == (7, False)
    assert (stopped["error"], stopped["level"]) == ("ValueError", "error")
    assert stopped["frames"][-1].startswith("tests/test_logs.py:")


def test_I29_a_request_is_one_line_with_its_rule_and_nothing_of_its_address(app_to_build_on):
    app = app_to_build_on

    def fall(wish):
        raise RuntimeError(f"{wish} {CANARIES[0]}")

    app.add_url_rule("/fall/<wish>", "public.fall", fall, methods=["GET", "POST"])
    fall.gate = app.view_functions["public.start"].gate
    with lines_of("placements") as lines:
        asked = f"/fall/{CANARIES[3]}?who={CANARIES[1]}"
        reply = app.test_client().get(asked, headers={"User-Agent": CANARIES[4]})
        app.test_client().get(f"/{CANARIES[2]}")
    failed, request, unknown = lines
    number = reply.headers["X-Request-Id"]
    assert reply.status_code == 500
    assert {failed["request_id"], request["request_id"]} == {number}
    assert (failed["event"], failed["error"]) == ("request failed", "RuntimeError")
    assert (request["route"], request["status"]) == ("/fall/<wish>", 500)
    assert (request["method"], request["ms"] >= 0) == ("GET", True)
    assert (unknown["route"], unknown["status"]) == ("unknown", 404)
