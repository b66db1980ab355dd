"""The list of routes with who may open each, as `placements routes --json` prints it."""

from typing import Any

from flask import Flask

from placements.web.access import find_gate

WRITES = {"POST", "PUT", "PATCH", "DELETE"}


def list_routes(app: Flask) -> list[dict[str, Any]]:
    """List each route with its roles, scope and parameters; a route without a gate is None."""
    return [_describe(app, rule) for rule in sorted(app.url_map.iter_rules(), key=lambda r: r.rule)]


def _describe(app: Flask, rule: Any) -> dict[str, Any]:
    gate = find_gate(app, rule.endpoint)
    methods = sorted(rule.methods - {"HEAD", "OPTIONS"})
    return {
        "rule": rule.rule,
        "methods": methods,
        "endpoint": rule.endpoint,
        "roles": [str(role) for role in gate.roles] if gate else None,
        "scope": gate.scope if gate else None,
        "params": {name: name.removesuffix("_id") for name in sorted(rule.arguments)},
        "writes": bool(WRITES & set(methods)),
    }
