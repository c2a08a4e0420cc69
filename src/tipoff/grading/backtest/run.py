"""Running a backtest: make the folds that are not there, then one file of all of them."""

from __future__ import annotations

import multiprocessing
import signal
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tipoff.errors import PluginTimeout
from tipoff.features import PluginFeature, add_feature, added_features
from tipoff.grading.backtest import store
from tipoff.grading.backtest.folds import NOT_ITS_MARKET, Fitter, Fold, fold_id, make_folds
from tipoff.grading.backtest.plan import Plan
from tipoff.grading.backtest.rows import Rows, load_rows
from tipoff.hashing import content_id, file_sha256
from tipoff.models import ModelFamily
from tipoff.models.families import FAMILIES
from tipoff.results.backtest import Backtest

if TYPE_CHECKING:
    from tipoff.lake import Lake

Progress = Callable[[int, int, str], None]
Named = dict[str, Fold]
Late = dict[str, str]
NOT_IN_TIME = "the model gave no answer in time here, and the next backtest asks it again"
"""Why rows of a fold in `Late` are refused, before what was said."""


def backtest(
    lake: Lake,
    plan: Plan,
    out: Path,
    work: Path | None = None,
    workers: int = 1,
    progress: Progress = lambda _done, _all, _text: None,
) -> Backtest:
    """Predict every player-game of a plan's span by models that knew only what came before.

    Folds are kept in `work` (default: beside the lake) as they are made. `workers` processes make
    them; each fit uses the same threads whatever their number, so the file is the same. A fold
    whose plug-in hangs is refused in this file and not kept: a later run makes it.
    Raises NotFound without player-games, UsageError when `out` cannot be written.
    """
    progress(0, 0, "reading player-games")
    with lake.reading() as r:
        rows, simulated = load_rows(r, plan.names, plan.end), r.simulated()
    return from_rows(
        rows, plan, out, work or lake.workspace("backtest"), workers, progress, simulated
    )


def from_rows(
    rows: Rows, plan: Plan, out: Path, work: Path, workers: int, progress: Progress,
    simulated: bool = False,
) -> Backtest:  # fmt: skip
    """As `backtest`, of rows already read."""
    for folder in (work, out.parent):
        store.sweep(folder)
    named = {fold_id(fold, rows): fold for fold in make_folds(plan, rows)}
    missing = {name: f for name, f in named.items() if not store.checked(work, name)}
    done = len(named) - len(missing)
    progress(done, len(named), f"{done} folds found")
    late = Late()
    for name, said in _fitted_folds(rows, missing, work, workers):
        done += 1
        late |= {name: said} if said else {}
        progress(done, len(named), _words(named[name]))
    return _finish(rows, plan, out, work, named, len(missing), simulated, late)


def _words(fold: Fold) -> str:
    return f"{fold.spec.model} {fold.window.first}"


def _fitted_folds(
    rows: Rows, missing: Named, work: Path, workers: int
) -> Iterator[tuple[str, str | None]]:
    """Each fold as it is made, with what its plug-in was ended with when it hung."""
    if workers <= 1 or len(missing) <= 1:
        fitter = Fitter(rows)
        for name, fold in missing.items():
            yield name, _keep(fitter, work, name, fold)
        return
    with _pool(rows, work, workers, {fold.spec.family for fold in missing.values()}) as pool:
        waiting = {pool.submit(_make, name, fold): name for name, fold in missing.items()}
        for future in as_completed(waiting):
            yield waiting[future], future.result()


@contextmanager
def _pool(
    rows: Rows, work: Path, workers: int, families: set[str]
) -> Iterator[ProcessPoolExecutor]:
    # spawn: a fork of a process whose libraries run threads can hang. What was registered here is
    # not known there, so families and features of plug-ins go along.
    arguments = (
        rows.frame, rows.definitions, work, {name: FAMILIES[name] for name in families},
        added_features(),
    )  # fmt: skip
    mask = signal.pthread_sigmask(signal.SIG_BLOCK, ())
    pool = ProcessPoolExecutor(workers, multiprocessing.get_context("spawn"), _begin, arguments)
    # The tracker that comes with it has unblocked SIGINT and SIGTERM, whoever had blocked them.
    signal.pthread_sigmask(signal.SIG_SETMASK, mask)
    try:
        yield pool
    finally:
        pool.shutdown(wait=True, cancel_futures=True)


_STATE: dict[str, Any] = {}


def _begin(
    frame: Any, definitions: dict[str, str], work: Path, families: dict[str, ModelFamily[Any]],
    features: Sequence[PluginFeature],
) -> None:  # fmt: skip
    # Ctrl-C is the parent's to answer: it ends its workers. What was blocked there is so here too,
    # and a pool with a broken worker ends the others by SIGTERM.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGTERM})
    FAMILIES.update(families)
    for feature in features:
        add_feature(feature)
    _STATE.update(fitter=Fitter(Rows(frame, definitions)), work=work)


def _make(name: str, fold: Fold) -> str | None:
    return _keep(_STATE["fitter"], _STATE["work"], name, fold)


def _keep(fitter: Fitter, work: Path, name: str, fold: Fold) -> str | None:
    # A fold's name says what it was made from, and a machine that was busy is no part of that.
    try:
        store.write_fold(work, name, fitter.forecasts(fold))
    except PluginTimeout as error:
        return error.message
    return None


def _finish(
    rows: Rows, plan: Plan, out: Path, work: Path, named: Named, fitted: int, simulated: bool,
    late: Late,
) -> Backtest:  # fmt: skip
    asked = rows.between(plan.start, plan.end).height
    kept = {name: fold for name, fold in named.items() if name not in late}
    refused = _refused(plan, asked, work, kept, _refused_late(rows, named, late))
    about = {
        "start": plan.start, "end": plan.end, "refit": plan.refit, "markets": plan.markets,
        "models": [s.model for s in plan.specs], "asked": asked, "refused": refused,
        "simulated": simulated, "made_from": content_id("backtest", sorted(kept)),
    }  # fmt: skip
    written = store.merge(work, _by_window(kept), out, about)
    predicted = [
        {"model": s.model, "market": m, "rows": asked - _sum(refused, s.model, m)}
        for s in plan.specs for m in plan.markets
    ]  # fmt: skip
    return Backtest.model_validate({
        "out": str(out), "sha256": file_sha256(out), "simulated": simulated, "start": plan.start,
        "end": plan.end, "refit": plan.refit, "asked": asked, "rows": written,
        "folds": len(named), "fitted": fitted - len(late), "predicted": predicted,
        "refused": refused,
    })  # fmt: skip


def _by_window(named: Named) -> list[list[str]]:
    groups: dict[str, list[str]] = {}
    for name, fold in named.items():
        groups.setdefault(str(fold.window.first), []).append(name)
    return [groups[first] for first in sorted(groups)]


def _refused_late(rows: Rows, named: Named, late: Late) -> Counter[tuple[str, str, str]]:
    counted: Counter[tuple[str, str, str]] = Counter()
    for name, said in late.items():
        fold = named[name]
        n = rows.between(fold.window.first, fold.window.last).height
        counted.update({(fold.spec.model, m, f"{NOT_IN_TIME}: {said}"): n for m in fold.markets})
    return counted


def _refused(
    plan: Plan, asked: int, work: Path, kept: Named, late: Counter[tuple[str, str, str]]
) -> list[dict[str, Any]]:
    counted = Counter(late)
    for name, fold in kept.items():
        for (market, reason), n in store.refusals(work, name).items():
            counted[fold.spec.model, market, reason] += n
    for spec in plan.specs:
        for market in set(plan.markets) - set(plan.covered(spec)):
            counted[spec.model, market, NOT_ITS_MARKET] += asked
    keys = ("model", "market", "reason", "n")
    rows = ((*key, n) for key, n in sorted(counted.items()) if n)
    return [dict(zip(keys, values, strict=True)) for values in rows]


def _sum(refused: list[dict[str, Any]], model: str, market: str) -> int:
    return sum(r["n"] for r in refused if (r["model"], r["market"]) == (model, market))
