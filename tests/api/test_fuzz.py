"""Whatever a program sends, the answer is one that the description names, and never a fault."""

import os

import pytest
import schemathesis
from hypothesis import HealthCheck, given, settings
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

CHECKS = (
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_schema_conformance,
)
EXAMPLES = int(os.environ.get("FUZZ_EXAMPLES", "8"))


@pytest.mark.parametrize("role", ["employer", "provider", "operator"])
def test_no_call_is_a_fault(app, world, role):
    schema = schemathesis.openapi.from_wsgi("/openapi.json", app)
    headers = {"Authorization": f"Bearer {world.keys[role]}"}
    n_calls = 0
    for operation in schema.get_all_operations():
        case = operation.ok().as_strategy()

        @settings(
            max_examples=EXAMPLES,
            deadline=None,
            database=None,
            suppress_health_check=list(HealthCheck),
        )
        @given(case=case)
        def send(case):
            nonlocal n_calls
            n_calls += 1
            case.call_and_validate(headers=headers, checks=CHECKS)

        send()
        # A long run that is stopped has said how far it came.
        print(f"{role}: {n_calls} calls, the last to {operation.ok().label}", flush=True)
    assert n_calls >= EXAMPLES
