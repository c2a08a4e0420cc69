"""docs/schema/*.schema.json, written from tipoff's results: `python -m tools.pages.schemas`.

One per method of the facade that answers with a result, by the words of its command.
"""

from __future__ import annotations

import importlib
import inspect
import json
import pkgutil
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from pydantic.json_schema import GenerateJsonSchema

import tipoff.results
from tipoff.results.base import Result
from tools.facade import methods

FOLDER = Path(__file__).resolve().parents[2] / "docs" / "schema"
COMMANDS = {
    "import_folder": "import", "import_files": "import", "backtest_board": "scoreboard-backtest",
}  # fmt: skip
"""Method -> the words of its command, where it has others."""


def answers() -> dict[str, type[Result]]:
    """Words of a command, joined by `-` -> the result it answers with."""
    known = results()
    listed = {}
    for (*group, name), method in methods():
        words = "-".join([*group, COMMANDS.get(name, name)])
        answer = known.get(str(inspect.signature(method).return_annotation))
        if answer is not None:
            # What the facade adds to a result is a method: its fields are the result's.
            of_facade = answer.__module__.startswith("tipoff.app")
            listed[words] = answer.__bases__[0] if of_facade else answer
    return dict(sorted(listed.items()))


def results() -> dict[str, type[Result]]:
    """Every result by the name of its class, those of the facade's own included."""
    for module in pkgutil.iter_modules(tipoff.results.__path__, "tipoff.results."):
        importlib.import_module(module.name)
    return {result.__name__: result for result in _below(Result)}


def schemas() -> dict[str, str]:
    """File name -> content."""
    return {f"{words}.schema.json": _schema(words, answer) for words, answer in answers().items()}


def _below(result: type[Result]) -> Iterator[type[Result]]:
    for below in result.__subclasses__():
        yield below
        yield from _below(below)


class _Untitled(GenerateJsonSchema):
    """Without a title per field, which would say its name again."""

    def field_title_should_be_set(self, schema: Any) -> bool:  # noqa: ARG002
        """Never."""
        return False


def _schema(words: str, answer: type[Result]) -> str:
    schema = {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": f"https://tipoff.invalid/schema/{words}.schema.json",
        **answer.model_json_schema(mode="serialization", schema_generator=_Untitled),
    }
    return json.dumps(_ordered(schema), indent=2) + "\n"


def _ordered(part: Any) -> Any:
    """Alternatives in one order: Python keeps a union as whoever spelled it first did."""
    if isinstance(part, list):
        return [_ordered(item) for item in part]
    if not isinstance(part, dict):
        return part
    ordered = {name: _ordered(value) for name, value in part.items()}
    if "anyOf" in ordered:
        ordered["anyOf"] = sorted(ordered["anyOf"], key=json.dumps)
    return ordered


def main() -> int:
    """Write every schema, and remove those of no result."""
    FOLDER.mkdir(exist_ok=True)
    current = schemas()
    for path in FOLDER.glob("*.schema.json"):
        if path.name not in current:
            path.unlink()
    for name, text in current.items():
        (FOLDER / name).write_text(text, encoding="utf-8")
    sys.stdout.write(f"wrote {len(current)} schemas to {FOLDER}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
