"""Sets that look as a test needs them: copies of a published one, changed on the way."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

import polars as pl

from tipoff.lake import Lake, Writer


def publish_copy(lake: Lake, day: date, to: date, **changes: Any) -> str:
    """Publish the set of `day` (40 of its predictions) as the newest of `to`; its run's id.

    `changes`: predicted, quality, report replace what the set has; lines=False takes them away.
    """
    return lake.write(lambda w: _publish(w, day, to, **changes))


def history(lake: Lake, day: date, nights: int = 6, **changes: Any) -> None:
    """Publish copies of the set of `day` on the nights before it."""
    before = [day - timedelta(days=back) for back in range(nights, 0, -1)]
    lake.write(lambda w: [_publish(w, day, to, **changes) for to in before])


def late_injury(lake: Lake, day: date, known_at: datetime) -> None:
    """A status that came in after the set was made."""
    row = {"date": day, "team": "BOS", "player_key": "x", "raw_key": "x", "status": "out",
           "kind": "transaction", "known_at": known_at, "fact_id": "f"}  # fmt: skip
    lake.write(lambda w: w.append("league.injury", pl.DataFrame([row])))


def _publish(
    w: Writer, day: date, to: date, *, predicted: int | None = None,
    quality: float | None = None, lines: bool = True, report: str | None = None,
) -> str:  # fmt: skip
    source = w.value(
        "SELECT run_id FROM forecast.publication WHERE slate = $slate AND seq = 1", {"slate": day}
    )
    seq = w.value("SELECT count(*) + 1 FROM forecast.publication WHERE slate = $to", {"to": to})
    values: dict[str, Any] = {
        "source": source, "run": f"run_{to}_{seq}", "snap": f"snap_{to}_{seq}", "to": to,
        "seq": seq, "predicted": predicted, "quality": quality, "report": report,
        "ahead": (to - day).days, "pub": f"pub_{to}_{seq}", "parent": f"pub_{to}_{seq - 1}",
    }  # fmt: skip
    line = "line" if lines else "NULL"
    where = "run_id = $source"
    snap = f"snapshot_id = (SELECT snapshot_id FROM forecast.run WHERE {where})"
    copies = {
        "forecast.run": (where, "$run AS run_id, $snap AS snapshot_id, $to AS slate,"
                         " coalesce($predicted, predicted) AS predicted,"
                         " first_tipoff + $ahead * INTERVAL 1 DAY AS first_tipoff"),
        "forecast.prediction": (f"{where} ORDER BY player_key, market, model LIMIT 40",
                                f"$run AS run_id, {line} AS line"),
        "features.snapshot": (snap, "$snap AS snapshot_id, $to AS slate,"
                              " coalesce($report, report) AS report"),
        "features.value": (f"{snap} ORDER BY player_key LIMIT 10",
                           "$snap AS snapshot_id, coalesce($quality, quality) AS quality"),
        "forecast.publication": (f"{where} AND seq = 1",
                                 "$pub AS publication_id, $to AS slate, $seq::INT AS seq,"
                                 " $run AS run_id, CASE WHEN $seq > 1 THEN $parent END AS parent"),
    }  # fmt: skip
    for table, (chosen, replaced) in copies.items():
        _copy(w, table, chosen, values, replaced)
    return str(values["run"])


def _copy(w: Writer, table: str, where: str, values: dict[str, Any], replaced: str) -> None:
    stored = w.query(f"SELECT * FROM {table} LIMIT 0").columns
    columns = ", ".join(f'"{c}"' for c in stored if c != "recorded_seq")
    body = f"SELECT {columns} FROM (SELECT * REPLACE ({replaced}) FROM {table} WHERE {where})"
    n = w.value(f"SELECT count(*) FROM ({body})", values)
    w.insert(table, columns, body, n, values)
