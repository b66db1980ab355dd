"""Every small fault that can be planted in one module: one operator, number, branch or line."""

import ast
import copy
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

OPERATORS = {
    ast.Lt: ast.LtE, ast.LtE: ast.Lt, ast.Gt: ast.GtE, ast.GtE: ast.Gt,
    ast.Eq: ast.NotEq, ast.NotEq: ast.Eq, ast.Is: ast.IsNot, ast.IsNot: ast.Is,
    ast.In: ast.NotIn, ast.NotIn: ast.In, ast.And: ast.Or, ast.Or: ast.And,
    ast.Add: ast.Sub, ast.Sub: ast.Add, ast.Mult: ast.FloorDiv, ast.FloorDiv: ast.Mult,
    ast.Div: ast.Mult, ast.Mod: ast.FloorDiv, ast.Pow: ast.Mult, ast.LShift: ast.RShift,
    ast.RShift: ast.LShift, ast.BitAnd: ast.BitOr, ast.BitOr: ast.BitAnd,
}  # fmt: skip
NAMES = {
    "min": "max", "minimum": "maximum", "any": "all", "argmin": "argmax", "union": "intersection",
    "fmin": "fmax", "ones": "zeros", "ones_like": "zeros_like", "left": "right",
}  # fmt: skip
NAMES |= {other: name for name, other in NAMES.items()}
LINES = (ast.AugAssign, ast.Raise, ast.Continue, ast.Break)
CONDITIONS = (ast.Name, ast.Attribute, ast.Call, ast.Subscript)


@dataclass(frozen=True)
class Mutant:
    """One planted fault: where, what the line was, what was done to it, and the whole module."""

    line: int
    end: int
    text: str
    change: str
    tree: ast.Module
    inside_function: bool


def list_mutants(source: str) -> list[Mutant]:
    """The faults of a module in order; texts of errors, types and docstrings are left alone."""
    tree = ast.parse(source)
    found, within, seen = [], _within_functions(tree), Counter()
    for at, statement in enumerate(_statements(tree)):
        header = min([b.lineno for b in getattr(statement, "body", [])], default=0) - 1
        end = max(header, statement.lineno) if header > 0 else statement.end_lineno
        for place, node in enumerate(_inside(statement)):
            for which, (change, _) in enumerate(_changes(node)):
                whole = copy.deepcopy(tree)
                target = list(_inside(list(_statements(whole))[at]))[place]
                list(_changes(target))[which][1]()
                text = source.splitlines()[node.lineno - 1].strip()
                seen[node.lineno, change] += 1
                if seen[node.lineno, change] > 1:
                    change = f"{change}, {seen[node.lineno, change]}"
                inside = id(statement) in within
                whole = ast.fix_missing_locations(whole)
                found.append(Mutant(statement.lineno, end, text, change, whole, inside))
    return found


def _statements(tree: ast.Module) -> Iterator[ast.stmt]:
    """Every statement that does something, outer ones first."""
    for node in ast.walk(tree):
        if isinstance(node, ast.stmt) and not isinstance(node, ast.Import | ast.ImportFrom):
            yield node


def _within_functions(tree: ast.Module) -> set[int]:
    """The statements that run when a function is called and not when the module is read."""
    functions = [n for n in ast.walk(tree) if isinstance(n, ast.FunctionDef)]
    return {id(inner) for f in functions for part in f.body for inner in ast.walk(part)}


def _inside(node: ast.AST) -> Iterator[ast.AST]:
    """A statement's own parts, without the statements within it and without what only names."""
    yield node
    for field, value in ast.iter_fields(node):
        if field in ("annotation", "returns", "decorator_list", "body", "orelse", "finalbody"):
            if isinstance(node, ast.Lambda | ast.IfExp) and isinstance(value, ast.expr):
                yield from _inside(value)
            continue
        for part in value if isinstance(value, list) else [value]:
            if isinstance(part, ast.AST) and not isinstance(part, ast.stmt | ast.JoinedStr):
                yield from _inside(part)


def _changes(node: ast.AST) -> Iterator[tuple[str, object]]:
    """What may be done to a part, each as words and an act upon it."""
    for field in ("op", "ops"):
        held = getattr(node, field, None)
        for i, op in enumerate(held if isinstance(held, list) else [held] if held else []):
            if other := OPERATORS.get(type(op)):
                words = f"{type(op).__name__} to {other.__name__}"
                yield words, lambda o=other, i=i, f=field: _put(node, f, i, o())
    if isinstance(node, ast.UnaryOp):
        yield f"without {type(node.op).__name__}", lambda: _become(node, node.operand)
    if isinstance(node, ast.Constant) and isinstance(node.value, bool | int | float):
        new = not node.value if isinstance(node.value, bool) else node.value + 1
        yield f"{node.value} to {new}", lambda: setattr(node, "value", new)
    for field in ("id", "attr"):
        if other := NAMES.get(getattr(node, field, "")):
            yield f"{getattr(node, field)} to {other}", lambda f=field, o=other: setattr(node, f, o)
    if isinstance(node, ast.If | ast.While | ast.IfExp) and isinstance(node.test, CONDITIONS):
        turned = ast.UnaryOp(ast.Not(), node.test)
        yield "condition turned", lambda: setattr(node, "test", turned)
    acts = isinstance(node, ast.Expr) and not isinstance(node.value, ast.Constant)
    stores = isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Subscript)
    if acts or stores or isinstance(node, LINES):
        yield "line left out", lambda: _become(node, ast.Pass())


def _put(node: ast.AST, field: str, at: int, new: ast.AST) -> None:
    if field == "op":
        node.op = new
    else:
        node.ops[at] = new


def _become(node: ast.AST, other: ast.AST) -> None:
    """Turn a node into another in place."""
    where = {"lineno": node.lineno, "col_offset": node.col_offset}
    node.__class__, node.__dict__ = other.__class__, {**other.__dict__, **where}
