"""Words nobody outside knows stay out of code, command line and pages: `python -m tools.words`.

The list is tools/old_words.toml. Names are taken apart at underscores and capitals; texts are what
stands in docstrings, comments, messages, SQL and the pages of docs.
"""

from __future__ import annotations

import ast
import io
import re
import sys
import tokenize
import tomllib
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
LIST = Path(__file__).with_name("old_words.toml")
CODE = ("src", "tools", "bench")
PAGES = ("README.md", "docs/*.md")
HISTORY = {"docs/decisions.md", "docs/research.md", "docs/incidents.md"}
"""Pages that quote what was: names in them are those of then."""
_PART = re.compile(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])")
_WORD = re.compile(r"(?<![\w.'`])[A-Za-z]+(?![\w'])")


def names(tree: ast.Module) -> Iterator[tuple[int, str]]:
    """(line, name) of everything a module gives a name: functions, classes, arguments, values."""
    for node in ast.walk(tree):
        match node:
            case ast.FunctionDef(name=name) | ast.ClassDef(name=name):
                yield node.lineno, name
            case ast.arg(arg=name) | ast.Name(id=name, ctx=ast.Store()):
                yield node.lineno, name


def texts(source: str) -> Iterator[tuple[int, str]]:
    """(line, text) of every comment and string of a module."""
    for token in tokenize.generate_tokens(io.StringIO(source).readline):
        if token.type in (tokenize.COMMENT, tokenize.STRING):
            for offset, line in enumerate(token.string.splitlines()):
                yield token.start[0] + offset, line


def complaints(path: Path, words: dict[str, dict[str, str]]) -> Iterator[str]:
    """Every old word of a module or page, as `file:line: word: say ...`."""
    source = path.read_text("utf-8")
    if path.suffix == ".py":
        for line, name in names(ast.parse(source)):
            if name in words["usual"]:
                continue
            for part in sorted({p.lower() for p in _PART.findall(name)} & words["names"].keys()):
                yield f"{line}: {name}: say {words['names'][part]}"
        lines = texts(source)
    else:
        lines = enumerate(source.splitlines(), 1)
    for line, text in lines:
        for word in sorted({w.lower() for w in _WORD.findall(text)} & words["texts"].keys()):
            yield f"{line}: {word!r}: say {words['texts'][word]}"


def files() -> Iterator[Path]:
    """The modules, SQL files and pages looked at."""
    for folder in CODE:
        yield from sorted(p for p in (ROOT / folder).rglob("*") if p.suffix in (".py", ".sql"))
    for pattern in PAGES:
        pages = (p for p in ROOT.glob(pattern) if str(p.relative_to(ROOT)) not in HISTORY)
        yield from sorted(pages)


def main() -> int:
    """Print every old word; 1 when there is one, but for the parts that are renamed later."""
    words = tomllib.loads(LIST.read_text("utf-8"))
    later = tuple(words["parts"]["later"])
    now = waiting = 0
    for path in files():
        place = path.relative_to(ROOT).as_posix()
        for text in complaints(path, words):
            if place.startswith(later):
                waiting += 1
                continue
            now += 1
            sys.stdout.write(f"{place}:{text}\n")
    sys.stdout.write(f"{now or 'no'} old words; {waiting} in parts that are renamed later\n")
    return int(bool(now))


if __name__ == "__main__":
    sys.exit(main())
