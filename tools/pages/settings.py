"""docs/settings.md, written from tipoff.settings.Settings: `python -m tools.pages.settings`."""

import sys
from pathlib import Path
from typing import Any, get_args

from pydantic import SecretStr
from pydantic.fields import FieldInfo

from tipoff.settings import ALERT_RULES, DESTINATIONS, Settings
from tools.pages import write

PAGE = Path(__file__).resolve().parents[2] / "docs" / "settings.md"
BOUNDS = {"ge": "at least", "le": "at most", "gt": "more than", "lt": "less than"}
INTRO = """\
# Settings

Written by `python -m tools.pages.settings`; a test fails when it is not current. A setting comes
from its environment variable, else from the `tipoff.toml` that `TIPOFF_CONFIG` names, else from
that of the working folder, else its default; `--lake` beats all of them for the lake. An unknown
name in `tipoff.toml`, or a value that does not fit, is a usage error (exit 2) naming the setting.
`lake`, `kelly_*`, `orphan_*`, `plugin_*` and `alert_*` change no forecast; the others are stored
with every run, and after a change `run` builds a new set.

`plugins` in a `tipoff.toml` is no setting: it counts only in the file that `TIPOFF_CONFIG` names,
or that lies in the folder of a lake that `--lake` or `TIPOFF_LAKE` names, or next to it.
Settings in such a file are an error unless it is also the one that settings are read from.

"""


def page() -> str:
    """The whole page as Markdown."""
    head = "| name | environment variable | default | values | help |\n|---|---|---|---|---|\n"
    rows = [_row(name, field) for name, field in Settings.model_fields.items()]
    return INTRO + head + "".join(rows)


def _row(name: str, field: FieldInfo) -> str:
    cells = (f"`{name}`", f"`TIPOFF_{name.upper()}`", f"`{field.default}`", _values(name, field),
             field.description or "")  # fmt: skip
    return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |\n"


def _values(name: str, field: FieldInfo) -> str:
    if name in ALERT_RULES:
        return f"one or more of {', '.join(DESTINATIONS)}"
    choices = get_args(field.annotation)
    if choices:
        return ", ".join(choices)
    kinds: dict[Any, str] = {
        str: "text", int: "whole number", float: "number", SecretStr: "text, never shown",
    }  # fmt: skip
    limits = [
        f"{words} {getattr(limit, sign)}"
        for limit in field.metadata
        for sign, words in BOUNDS.items()
        if hasattr(limit, sign)
    ]
    return ", ".join([kinds[field.annotation], *limits])


if __name__ == "__main__":
    sys.exit(write(PAGE, page()))
