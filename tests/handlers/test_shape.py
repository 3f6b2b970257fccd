"""Handlers stay short: what they do is read, call one service, render (ARCHITECTURE)."""

import ast
from pathlib import Path

FOLDER = Path(__file__).parents[2] / "handlers"
MOST = 25


def lengths() -> dict[str, int]:
    """Lines of every function, its docstring not counted."""
    found = {}
    for path in FOLDER.glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                begin = node.body[1].lineno if ast.get_docstring(node) and node.body[1:] else 0
                lines = (node.end_lineno or 0) - (begin or node.lineno) + 1
                found[f"{path.name}:{node.name}"] = lines
    return found


def test_no_handler_is_longer_than_25_lines() -> None:
    found = lengths()
    assert len(found) > 100
    assert {name: lines for name, lines in found.items() if lines > MOST} == {}
