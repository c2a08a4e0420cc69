"""docs/tables.md, written from tipoff.lake.tables: `python -m tools.pages.tables`."""

import sys
from collections.abc import Iterator
from pathlib import Path

from tipoff.lake.tables import SCHEMAS, TABLES, Table
from tools.pages import write

PAGE = Path(__file__).resolve().parents[2] / "docs" / "tables.md"
INTRO = """\
# The tables of a lake

Written by `python -m tools.pages.tables`; a test fails when it is not current. Tables are declared
in [`lake/tables`](../src/tipoff/lake/tables); what a column holds is stored as its comment.

Rows are only ever added, `ops.guard` aside. Of a table with a key the row of a key with the
greatest `recorded_seq` counts, as of a moment among those with `known_at` up to then
([the lake](lake.md#as-of)). Moments are UTC.

"""


def page() -> str:
    """The whole page as Markdown."""
    return INTRO + "\n".join(_index()) + "\n\n" + "\n".join(map(_section, TABLES))


def _index() -> Iterator[str]:
    yield "| table | one row is |\n|---|---|"
    for schema in SCHEMAS:
        for table in (t for t in TABLES if t.schema == schema):
            yield f"| [`{table.name}`](#{table.name.replace('.', '')}) | {_cell(table.row)} |"


def _section(table: Table) -> str:
    key = f"Key: {', '.join(f'`{name}`' for name in table.key)}.\n\n" if table.key else ""
    rows = "".join(
        f"| `{column.name}` | {column.type} | {_cell(column.comment)} |\n"
        for column in table.columns
    )
    return f"## {table.name}\n{key}| column | type | what it holds |\n|---|---|---|\n{rows}"


def _cell(text: str) -> str:
    return text.replace("|", "\\|")


if __name__ == "__main__":
    sys.exit(write(PAGE, page()))
