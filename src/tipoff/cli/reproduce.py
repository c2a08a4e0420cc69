"""tipoff reproduce ID|DATE: re-run published predictions bit for bit."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from tipoff.cli.common import TODAY, JsonFlag, console, emit, open_lake, progress

if TYPE_CHECKING:
    from tipoff.forecast import Reproduction
    from tipoff.lake import Lake

SHOWN = 20


def reproduce(
    ctx: typer.Context,
    what: Annotated[
        str, typer.Argument(metavar="ID|DATE", help="Prediction id, run id, or a slate's date.")
    ] = TODAY,
    as_json: JsonFlag = False,
) -> None:
    """Re-run predictions from stored inputs; exit 1 and the first difference when one differs."""
    with open_lake(ctx) as lake, progress(as_json) as say:
        found = _run(lake, what, say)
    data: dict[str, Any] = {
        "reproduced": found.ok, "checked": found.checked,
        "differences": found.differences, "notes": found.notes,
    }  # fmt: skip
    emit(data, as_json, lambda: _show(found))
    if not found.ok:
        raise SystemExit(1)


def _run(lake: Lake, what: str, say: Any) -> Reproduction:
    from tipoff import clock
    from tipoff.forecast import find_prediction, find_publication, reproduce

    if what.startswith("run_"):
        return reproduce(lake, what, None, say)
    if clock.is_date(what):
        with lake.reading() as r:
            publication = find_publication(r, clock.parse_date(what))
        return reproduce(lake, publication.run_id, None, say)
    with lake.reading() as r:
        run, prediction = find_prediction(r, what)
    return reproduce(lake, run, prediction, say)


def _show(found: Reproduction) -> None:
    out = console()
    for note in found.notes:
        out.print(f"note: {note}", highlight=False)
    if found.ok:
        out.print(f"reproduced: {found.checked} predictions bit for bit")
        return
    out.print(f"NOT reproduced: {len(found.differences)} differences; the first:")
    for line in found.differences[:SHOWN]:
        out.print(f"  {line}", highlight=False)
