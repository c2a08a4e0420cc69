"""reconcile(slate): compare what should be published with what is, and build what is missing."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from tipoff.forecast.builds import other_code, read_build
from tipoff.forecast.publish import (
    Publication,
    RunSet,
    current_publication,
    present,
    publish,
)
from tipoff.forecast.staleness import facts_moved, holds, record_verified
from tipoff.forecast.view import move_of, refusal_counts
from tipoff.markets import checked_markets
from tipoff.results.work import RunReport
from tipoff.settings import settings
from tipoff.texts import checked_reason

if TYPE_CHECKING:
    from tipoff.forecast.build import Wanted
    from tipoff.forecast.slate import Slate
    from tipoff.forecast.versions import Refused
    from tipoff.lake import Lake, Reader

Say = Callable[[str], None]
_COPIED = ("as_of", "games", "expected", "predicted", "simulated")
"""What a report takes from its run as it is."""


def reconcile(
    lake: Lake,
    day: date,
    *,
    as_of: datetime | None = None,
    markets: Sequence[str] | None = None,
    models: Sequence[str] | None = None,
    mode: str | None = None,
    reason: str | None = None,
    say: Say = lambda _text: None,
) -> RunReport:
    """Publish the slate of `day` unless what is published is already what should be.

    `markets` and `models` add to what is published, they never narrow it. A `reason` asks for
    a new publication even when nothing changed (regenerate). Raises NotFound when there are no
    games, UsageError for an unknown market, model or mode or a reason that is not one line,
    PublicationConflict when another process published meanwhile.
    """
    if reason is not None:
        checked_reason(reason)
    markets = checked_markets(markets)
    say(f"{day}: reading the slate")
    with lake.reading() as r:
        current = current_publication(r, day)
        if current and not reason and mode is None:
            asked = (as_of, markets, models, settings().scoring_json())
            if holds(r, current, present(r), *asked):
                return _stored_report(r, current)
    slate, current, wanted, made = _make(lake, day, as_of, markets, models, mode, say)
    if current and not reason and made.run["run_id"] == current.run_id:
        record_verified(lake, current, slate.seq, slate.as_of, made.build)
        with lake.reading() as r:
            return _stored_report(r, current, wanted.refused)
    say(f"{day}: publishing {made.predictions.height} predictions")
    kind, why = _kind(lake, current, made, reason)
    done = publish(lake, made, parent=current, kind=kind, reason=why)
    counts = Counter(made.refusals["reason"].to_list())
    refusals = dict(sorted(counts.items(), key=lambda item: (-item[1], item[0])))
    with lake.reading() as r:
        about = _about_models(r, made.run["models"], wanted.refused)
    return _report(done, made.run, refusals, about, nothing_to_do=False)


def _make(
    lake: Lake,
    day: date,
    as_of: datetime | None,
    markets: Sequence[str] | None,
    models: Sequence[str] | None,
    mode: str | None,
    say: Say,
) -> tuple[Slate, Publication | None, Wanted, RunSet]:
    """The slate, what is published of it, what is wanted, and the set made for it."""
    # What scores is imported only now: looking whether anything is to do must stay instant.
    from tipoff.forecast.build import build_set, wanted_set
    from tipoff.forecast.slate import find_slate
    from tipoff.models import ensure_baselines, missing_baselines

    def make(r: Reader, slate: Slate) -> tuple[Publication | None, Wanted, RunSet]:
        current = current_publication(r, day)
        wanted = wanted_set(r, slate, current, markets, models, mode, settings())
        return current, wanted, build_set(lake, r, slate, wanted, say)

    with lake.reading() as r:
        slate = find_slate(r, day, now=present(r), as_of=as_of)
        missing = missing_baselines(r, day)
        if not missing:
            return slate, *make(r, slate)
    ensure_baselines(lake, day, say)
    with lake.reading() as r:
        slate = find_slate(r, day, now=present(r), as_of=as_of)
        return slate, *make(r, slate)


def _kind(
    lake: Lake, current: Publication | None, made: RunSet, reason: str | None
) -> tuple[str, str]:
    if current is None:
        return "first", reason or "first set of this slate"
    if reason:
        return "regenerate", reason
    gone = _withdrawn(lake, current, made)
    if gone:
        return "withdraw", f"withdrawn: {'; '.join(gone)}"
    return "supersede", _changed(lake, current, made)


def _changed(lake: Lake, current: Publication, made: RunSet) -> str:
    """What is other than in the set shown, in words that go on record."""
    sql = """SELECT models, settings, code_version, build_id FROM forecast.run
             WHERE run_id = $run"""
    with lake.reading() as r:
        models, settings_then, code, build_id = r.rows(sql, {"run": current.run_id})[0]
        other = code != made.run["code_version"] and other_code(read_build(r, build_id), code)
        found = _other_inputs(r, current, made)
    parts = {
        "models": models != made.run["models"],
        "settings": settings_then != made.run["settings"],
        f"made before by {'; '.join(other or ())}": bool(other),
    }
    found += [name for name, differs in parts.items() if differs]
    return f"changed: {', '.join(found or ['facts'])}"


def _other_inputs(r: Reader, current: Publication, made: RunSet) -> list[str]:
    """What of facts, features and markets is other than in the set shown, in words."""
    sql = """SELECT snapshot_id, definitions, run.facts_seq, run.as_of FROM forecast.run
             JOIN features.snapshot USING (snapshot_id) WHERE run_id = $run"""
    snapshot, text, seq, as_of = r.rows(sql, {"run": current.run_id})[0]
    then, now = json.loads(text), made.snapshot.definitions
    names = [n for n in {**then, **now} if then.get(n) != now.get(n)]
    sql = "SELECT DISTINCT market FROM {} WHERE run_id = $run"
    tables = ("forecast.prediction", "forecast.refusal")
    shown = {m for t in tables for (m,) in r.rows(sql.format(t), {"run": current.run_id})}
    asked = {*made.predictions["market"], *made.refusals["market"]}
    facts = facts_moved(r, current.slate, seq, as_of, made.run["as_of"])
    parts = {
        "facts": snapshot != made.run["snapshot_id"] and (facts or not names),
        _some("features", names): bool(names),
        _some("markets", sorted(asked ^ shown)): asked != shown,
    }
    return [name for name, differs in parts.items() if differs]


def _some(what: str, names: Sequence[str]) -> str:
    more = f" and {len(names) - 3} more" if len(names) > 3 else ""
    return f"{what} {', '.join(names[:3])}{more}"


def _withdrawn(lake: Lake, current: Publication, made: RunSet) -> list[str]:
    """What is shown no more, in words: a model as a whole, or one taken out of a market.

    A market alone counts only when the version was retired or blocked there: a night without
    lines is no withdrawal.
    """
    sql = """
      SELECT DISTINCT p.model, p.market, s.state, s.reason
      FROM forecast.prediction p LEFT JOIN models.current_state s
        ON s.model_id = p.model_id AND s.market = p.market AND s.state IN ('retired', 'blocked')
      WHERE p.run_id = $run ORDER BY ALL"""
    with lake.reading() as r:
        before = r.rows(sql, {"run": current.run_id})
    left = set(made.predictions.select("model", "market").unique().rows())
    models = {model for model, _ in left}
    told: dict[str, list[str]] = {}
    for model, market, state, reason in before:
        if (model, market) not in left and (state or model not in models):
            where = model if model not in models else f"{model} in {market}"
            told.setdefault(where, []).extend([f"{state}: {reason}"] if state else [])
    return [f"{where} ({why[0]})" if why else where for where, why in told.items()]


def _about_models(r: Reader, models: str, refused: Mapping[str, Refused]) -> dict[str, Any]:
    """What a report says of models: those refused, those of one's own that are other than when they
    were trained, and what to do about either. `models`: those asked, as a run stores them."""
    sql = """SELECT model_id FROM models.version
             WHERE list_contains($ids, model_id) AND starts_with(family, 'plugin:')"""
    ids = sorted({model_id for model_id, *_ in json.loads(models)}) or [""]
    own = [model_id for (model_id,) in r.rows(sql, {"ids": ids})]
    changed: dict[str, tuple[str, ...]] = {}
    if own:
        # Only then: with nothing to do and no plug-in, models are not imported.
        from tipoff.models import changes_since_trained

        changed = changes_since_trained(r, own)
    steps = {name: f"tipoff train {name} --through DATE" for name in changed}
    return {
        "refused_models": {name: model.why for name, model in refused.items()},
        "changed_models": changed,
        "next_steps": steps | {name: model.next_step for name, model in refused.items()},
    }


def _stored_report(
    r: Reader, publication: Publication, refused: Mapping[str, Refused] | None = None
) -> RunReport:
    names = (*_COPIED, "first_tipoff", "models")
    sql = f"SELECT {', '.join(names)} FROM forecast.run WHERE run_id = $run"
    row = dict(zip(names, r.rows(sql, {"run": publication.run_id})[0], strict=True))
    counts = refusal_counts(r, publication.run_id)
    about = _about_models(r, row["models"], refused or {})
    return _report(publication, row, counts, about, nothing_to_do=True)


def _report(
    publication: Publication,
    run: Mapping[str, Any],
    refusals: dict[str, int],
    about: Mapping[str, Any],
    *,
    nothing_to_do: bool,
) -> RunReport:
    return RunReport.model_validate({
        "date": publication.slate,
        "nothing_to_do": nothing_to_do,
        "run_id": publication.run_id,
        "publication_id": publication.publication_id,
        "publication": move_of(publication),
        "backfill": publication.committed_at >= run["first_tipoff"],
        "refused": refusals,
        **about,
        **{name: run[name] for name in _COPIED},
    })  # fmt: skip
