"""What a worker can be asked to do: one function per command, on a lake of its own process."""

from __future__ import annotations

import random
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import polars as pl

from tests.faults.invariants import shown_slates
from tipoff import clock
from tipoff.forecast import (
    current_publication,
    reconcile,
    reconciliation,
    reproduce,
    slate_view,
)
from tipoff.forecast.publish import Publication, RunSet
from tipoff.grading.grade import grade
from tipoff.lake import Lake, Writer
from tipoff.lake.upkeep import clean, compact
from tipoff.models import eligible, list_versions, promote, retire
from tipoff.sources import import_folder

Answer = dict[str, Any]
MARKETS = ("points",)
MODELS = ("ewma_hl8", "line", "season_mean")
RETIRED = ("line",)
"""Names that may be retired; the others keep every slate from becoming empty by right."""
SPARED = timedelta(seconds=60)


def do_import(lake: Lake, folder: str, token: str) -> Answer:
    """Import a folder."""
    return {"new": import_folder(lake, Path(folder)).new_rows}


def do_correct(lake: Lake, salt: int, token: str) -> Answer:
    """Store a newer row of a random box score."""
    with lake.reading() as r:
        rows = r.query(
            "SELECT * EXCLUDE (recorded_seq) FROM league.player_game WHERE minutes > 15"
            " ORDER BY game_id, player_key, recorded_seq DESC"
        )
    newer = rows[salt % rows.height].with_columns(
        pl.col("pts") + 1, pl.col("ftm") + 1, pl.col("fta") + 1, fact_id=pl.lit(token)
    )

    def commit(w: Writer) -> int:
        w.append("league.player_game", newer)
        return w.seq

    return {"seq": lake.write(commit)}


def do_run(lake: Lake, day: date, token: str) -> Answer:
    """Run a slate."""
    return _published(lake, day, None)


def do_regenerate(lake: Lake, day: date, token: str) -> Answer:
    """Supersede a slate with a reason."""
    return _published(lake, day, token)


def do_grade(lake: Lake, day: date, token: str) -> Answer:
    """Grade a slate."""
    return {"new": grade(lake, day).new}


def do_promote(lake: Lake, salt: int, token: str) -> Answer:
    """Give a random version a random role."""
    version, rng = _version(lake, salt, keep=RETIRED), random.Random(salt)
    role = rng.choice(("champion", "challenger", "shadow"))
    promote(lake, version, MARKETS[0], token, to=role)  # type: ignore[arg-type]
    return {"model_id": version}


def do_retire(lake: Lake, salt: int, token: str) -> Answer:
    """Retire one of the names that may go."""
    name = RETIRED[salt % len(RETIRED)]
    return {"model_ids": retire(lake, name, token, MARKETS[0])}


def do_read(lake: Lake, day: date, token: str) -> Answer:
    """Every slate's counts and this one's publication, in one transaction."""
    with lake.reading() as r:
        current = current_publication(r, day)
        return {"seq": current.seq if current else 0, "whole": not list(shown_slates(r))}


def do_view(lake: Lake, day: date, token: str) -> Answer:
    """What `tipoff slate` shows, in one transaction."""
    with lake.reading() as r:
        current = current_publication(r, day)
        if current is None:
            return {"seq": 0}
        seen = slate_view(r, day)
    predicted = len(seen["predictions"])
    refused = sum(seen["refused"].values())
    runs = {current.run_id, seen["run_id"]}
    whole = predicted == seen["predicted"] and predicted + refused == seen["expected"]
    return {"seq": current.seq, "whole": whole and predicted > 0 and len(runs) == 1}


def do_look_back(lake: Lake, salt: int, token: str) -> Answer:
    """An old version of the lake: its chains are as complete as the newest one's."""
    version = lake.version()
    past = max(1, version - salt % 50)
    sql = "SELECT count(*), count(DISTINCT (slate, seq)) FROM forecast.publication"
    with lake.reading(past) as r:
        rows, distinct = r.rows(sql)[0]
    return {"whole": rows == distinct}


def do_reproduce(lake: Lake, salt: int, token: str) -> Answer:
    """Re-run a random set, superseded ones included, bit for bit."""
    with lake.reading() as r:
        runs = [run for (run,) in r.rows("SELECT run_id FROM forecast.run ORDER BY recorded_seq")]
    if not runs:
        return {"differences": []}
    return {"differences": reproduce(lake, runs[salt % len(runs)]).differences}


def do_compact(lake: Lake, salt: int, token: str) -> Answer:
    """Merge small files."""
    return {"files": compact(lake).files_after}


def do_clean(lake: Lake, salt: int, token: str) -> Answer:
    """Remove what nothing names."""
    return {"removed": len(clean(lake, _real_now(), SPARED).removed)}


ACTIONS: dict[str, Callable[..., Answer]] = {
    "import": do_import, "correct": do_correct, "run": do_run, "regenerate": do_regenerate,
    "grade": do_grade, "promote": do_promote, "retire": do_retire, "read": do_read, "view": do_view,
    "look_back": do_look_back, "reproduce": do_reproduce, "compact": do_compact,
    "clean": do_clean,
}  # fmt: skip
_real_now = clock.now


_REPLACED: list[bool] = []
"""For each publication of this process: did it replace the very one its set was made against?"""


def watch_parents() -> None:
    """Note of every publication whether its parent is what its maker had seen."""
    publish = reconciliation.publish  # type: ignore[attr-defined]

    def watched(
        lake: Lake, made: RunSet, *, parent: Publication | None, kind: str, reason: str
    ) -> Publication:
        done: Publication = publish(lake, made, parent=parent, kind=kind, reason=reason)
        _REPLACED.append(done.parent == (parent.publication_id if parent else None))
        return done

    setattr(reconciliation, "publish", watched)  # noqa: B010


def _published(lake: Lake, day: date, reason: str | None) -> Answer:
    _REPLACED.clear()
    report = reconcile(lake, day, markets=MARKETS, models=_asked(lake, day), reason=reason)
    return {
        "new": not report.nothing_to_do, "seq": report.seq, "publication": report.publication_id,
        "whole": report.expected == report.predicted + report.refused, "own": all(_REPLACED),
    }  # fmt: skip


def _asked(lake: Lake, day: date) -> list[str]:
    with lake.reading() as r:
        seated = {seat.model for seat in eligible(r, day, MARKETS[0])}
    return [name for name in MODELS if name in seated]


def _version(lake: Lake, salt: int, keep: tuple[str, ...]) -> str:
    with lake.reading() as r:
        versions = [v for v in list_versions(r) if MARKETS[0] in v["markets"]]
    chosen = [
        str(v["model_id"]) for v in versions if v["model"] in MODELS and v["model"] not in keep
    ]
    return chosen[salt % len(chosen)]
