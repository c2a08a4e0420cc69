"""The house rules measure what they say."""

import ast
from pathlib import Path

import pytest

from scripts.house_rules import FUNCTION_LINES, sizes


@pytest.mark.parametrize(("lines", "named"), [(FUNCTION_LINES, 0), (FUNCTION_LINES + 1, 1)])
def test_a_function_is_as_long_as_its_signature_docstring_and_body(
    tmp_path: Path, lines: int, named: int
) -> None:
    head = ["def f(", "    x: int,", ") -> int:", '    """First.', "", "    Last.", '    """']
    source = "\n".join([*head, *["    x += 1"] * (lines - len(head) - 1), "    return x", ""])
    path = tmp_path / "long.py"
    path.write_text(source, encoding="utf-8")
    assert len(list(sizes(path, ast.parse(source)))) == named
