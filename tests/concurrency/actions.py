"""What a worker can be asked to do: one function per command, on a lake of its own process.

An answer's `did` is false where there was nothing to do.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import polars as pl

from tests.concurrency import tiny
from tests.faults.invariants import live_record, published_slates
from tipoff import clock
from tipoff.errors import GateBlocked
from tipoff.forecast import (
    current_publication,
    reconcile,
    reconciliation,
    reproduce,
    slate_view,
)
from tipoff.forecast.publish import Publication, RunSet
from tipoff.grading.grade import grade
from tipoff.grading.promotion import judge_version, promote_through_gates
from tipoff.lake import Lake, Writer
from tipoff.lake.maintenance import clean, compact
from tipoff.models import eligible, list_versions, promote, registry, retire
from tipoff.sources import import_folder

Answer = dict[str, Any]
MARKETS = ("points",)
KEPT = ("ewma_hl8", "season_mean")
"""Never retired: they keep every slate from becoming empty by right."""
MODELS = (tiny.NAME, "line", *KEPT)
PROMOTED, LINE_RETIRED = 0.4, 0.1
SPARED = timedelta(seconds=60)


def do_import(lake: Lake, folder: str, token: str) -> Answer:
    """Import a folder."""
    new = import_folder(lake, Path(folder)).new_rows
    return {"new": new, "did": new > 0}


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
    new = grade(lake, day).new
    with lake.reading() as r:
        late = list(live_record(r, day))
    return {"new": new, "did": new > 0, "late": late}


def do_train(lake: Lake, rows: str, salt: int, token: str) -> Answer:
    """Fit a small model with an artifact file, and store it."""
    fitted = tiny.fit(Path(rows), salt)
    return {"did": registry.store(lake, fitted), "model_id": fitted.manifest.model_id}


def do_promote(lake: Lake, salt: int, token: str) -> Answer:
    """Give a random version a random role; a champion has to pass the gates."""
    rng = random.Random(salt)
    version = rng.choice([v for v in _versions(lake) if v["model"] in (tiny.NAME, *KEPT)])
    if rng.random() < PROMOTED:
        return _crown(lake, version["model_id"], token)
    promote(lake, version["model_id"], MARKETS[0], token, to=rng.choice(("challenger", "shadow")))
    return {"model_id": version["model_id"], "forced": False}


def _crown(lake: Lake, version: str, token: str) -> Answer:
    # A league of four teams never has the thousand graded rows that the gates ask for, so the way
    # to the role is --force; that the gates said no first is part of what is tested.
    with lake.reading() as r:
        judged = judge_version(r, version, MARKETS[0], clock.open_night(clock.now()), None)
    try:
        promote_through_gates(lake, judged, token)
        unasked = True
    except GateBlocked:
        unasked = False
        promote_through_gates(lake, judged, token, force=True)
    return {"model_id": version, "forced": True, "unasked": unasked}


def do_retire(lake: Lake, salt: int, token: str) -> Answer:
    """Retire a version of the small model, or once in a while the line."""
    rng = random.Random(salt)
    versions = [v["model_id"] for v in _versions(lake) if v["model"] == tiny.NAME]
    name = "line" if rng.random() < LINE_RETIRED or not versions else rng.choice(versions)
    model_ids = list(retire(lake, name, token, MARKETS))
    with lake.reading() as r:
        sql = "SELECT count(*) FROM models.state WHERE reason = $token"
        return {"model_ids": model_ids, "did": bool(r.value(sql, {"token": token}))}


def do_read(lake: Lake, day: date, token: str) -> Answer:
    """Every slate's counts and this one's publication, in one transaction."""
    with lake.reading() as r:
        current = current_publication(r, day)
        return {"seq": current.seq if current else 0, "whole": not list(published_slates(r))}


def do_view(lake: Lake, day: date, token: str) -> Answer:
    """What `tipoff slate` shows, in one transaction."""
    with lake.reading() as r:
        current = current_publication(r, day)
        if current is None:
            return {"seq": 0}
        seen = slate_view(r, day).to_dict()
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


def do_reproduce(lake: Lake, run: str, token: str) -> Answer:
    """Make a set again, bit for bit; it may be superseded by now."""
    return {"differences": list(reproduce(lake, run).differences) if run else [], "did": bool(run)}


def do_compact(lake: Lake, salt: int, token: str) -> Answer:
    """Merge small files."""
    done = compact(lake)
    return {"did": done.files_after != done.files_before}


def do_clean(lake: Lake, salt: int, token: str) -> Answer:
    """Remove what nothing names."""
    return {"did": bool(clean(lake, _real_now(), SPARED).removed)}


ACTIONS: dict[str, Callable[..., Answer]] = {
    "import": do_import, "correct": do_correct, "run": do_run, "regenerate": do_regenerate,
    "grade": do_grade, "train": do_train, "promote": do_promote, "retire": do_retire,
    "read": do_read, "view": do_view, "look_back": do_look_back, "reproduce": do_reproduce,
    "compact": do_compact, "clean": do_clean,
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
        "new": not report.nothing_to_do, "did": not report.nothing_to_do,
        "seq": report.publication.seq,
        "publication": report.publication_id, "run": report.run_id,
        "whole": report.expected == report.predicted + sum(report.refused.values()),
        "own": all(_REPLACED),
    }  # fmt: skip


def _asked(lake: Lake, day: date) -> list[str]:
    with lake.reading() as r:
        seated = {assignment.model for assignment in eligible(r, day, MARKETS[0])}
    return [name for name in MODELS if name in seated]


def _versions(lake: Lake) -> list[dict[str, Any]]:
    """Those that are not retired in the market."""
    with lake.reading() as r:
        versions = list_versions(r)
    return [v for v in versions if MARKETS[0] in v["markets"] and MARKETS[0] not in v["retired"]]
