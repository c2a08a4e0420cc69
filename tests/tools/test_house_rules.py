"""The house rules measure what they say."""

import ast
from pathlib import Path

import pytest

from tools.house_rules import FUNCTION_LINES, ROOT, modules_are_left_alone, sizes


@pytest.mark.parametrize(("lines", "named"), [(FUNCTION_LINES, 0), (FUNCTION_LINES + 1, 1)])
def test_a_function_is_as_long_as_its_signature_docstring_and_body(
    tmp_path: Path, lines: int, named: int
) -> None:
    head = ["def f(", "    x: int,", ") -> int:", '    """First.', "", "    Last.", '    """']
    source = "\n".join([*head, *["    x += 1"] * (lines - len(head) - 1), "    return x", ""])
    path = tmp_path / "long.py"
    path.write_text(source, encoding="utf-8")
    assert len(list(sizes(path, ast.parse(source)))) == named


@pytest.mark.parametrize(
    "code",
    ["sys.modules['pandas'] = None", "del sys.modules[name]", "sys.modules.update(hidden)",
     "sys.modules.pop(name, None)", "sys.modules |= hidden", "sys.modules.setdefault('a', b)"],
)  # fmt: skip
def test_library_code_that_changes_sys_modules_is_named_and_the_command_line_is_not(
    code: str,
) -> None:
    def named(path: str) -> int:
        return len(list(modules_are_left_alone(ROOT / "src/tipoff" / path, ast.parse(code))))

    assert (named("lake/reader.py"), named("cli/hiding.py")) == (1, 0)


def test_library_code_may_ask_what_is_imported() -> None:
    tree = ast.parse("hidden = [n for n in names if n not in sys.modules]; x = sys.modules.get(n)")
    assert list(modules_are_left_alone(ROOT / "src/tipoff/lake/reader.py", tree)) == []
