"""The house rules that a program can count."""

import ast
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parent.parent
FOLDERS = ("bot", "handlers", "storage", "tests/bench")
LONGEST_FILE, LONGEST_FUNCTION = 400, 50


def written() -> Iterator[tuple[str, str]]:
    """Files with their texts; a migration is a list of tables and as long as that."""
    for folder in FOLDERS:
        for path in sorted((ROOT / folder).rglob("*.py")):
            if "versions" not in path.parts:
                yield str(path.relative_to(ROOT)), path.read_text("utf-8")


def functions(text: str) -> Iterator[tuple[str, int]]:
    """Names of functions with their numbers of lines."""
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.end_lineno:
            yield node.name, node.end_lineno - node.lineno + 1


def test_no_file_and_no_function_is_too_long_to_be_read_at_once() -> None:
    found = list(written())
    long_ones = [name for name, text in found if len(text.splitlines()) > LONGEST_FILE] + [
        f"{name}: {function}"
        for name, text in found
        for function, length in functions(text)
        if length > LONGEST_FUNCTION
    ]
    assert (len(found) > 100, long_ones) == (True, [])
