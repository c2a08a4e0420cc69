"""What differs between two sets of a slate: what they were made from, whose numbers, and why."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

import polars as pl

from tipoff.errors import NotFound, UsageError
from tipoff.forecast.prediction_set import (
    KEYS,
    NUMBERS,
    PredictionSet,
    features_read,
    lowest_quality,
    stored_set,
)
from tipoff.results.diff import Diff

if TYPE_CHECKING:
    from tipoff.lake import Reader

_COMPARED = ("median", "line", "p_over")
_PLAIN = ("as_of", "snapshot_id", "facts_seq", "code_version", "mode")
Row = dict[str, Any]


def diff_runs(r: Reader, day: date, name_a: str, name_b: str) -> Diff:
    """Two published sets compared (`compare`); a name is a run id, its start, or a number.

    Raises NotFound or UsageError when a name means no run, or several.
    """
    a, b = _find_run(r, day, name_a), _find_run(r, day, name_b)
    return compare(r, day, stored_set(r, a), stored_set(r, b))


def _find_run(r: Reader, day: date, name: str) -> str:
    """A run of the slate by its id, an unambiguous beginning of it, or a publication's number.

    Raises NotFound or UsageError naming the runs there are.
    """
    sql = """SELECT seq, run_id FROM forecast.publication WHERE slate = $day ORDER BY seq"""
    published = r.rows(sql, {"day": day})
    if re.fullmatch(r"[0-9]{1,9}", name):
        matching = {run for seq, run in published if seq == int(name)}
    else:
        matching = {run for _, run in published if name and run.startswith(name)}
    known = ", ".join(f"{seq}={run}" for seq, run in published) or "none"
    if not matching:
        raise NotFound(f"no run {name!r} of {day}", f"published: {known}")
    if len(matching) > 1:
        raise UsageError(f"{name!r} means several runs of {day}", f"published: {known}")
    return str(matching.pop())


def compare(r: Reader, day: date, a: PredictionSet, b: PredictionSet) -> Diff:
    """Every prediction whose numbers differ and why, and every refusal gained or lost.

    `renamed` counts rows whose numbers are the same under another id, because as_of, code or an
    unread part of their inputs moved.
    """
    differs = _made_from(r, a, b)
    causes = Causes.of(r, a, b, differs)
    rows = [_explained(row, causes) for row in _joined(a, b)]
    listed = [row for row in rows if row["change"] != "renamed"]
    kinds = [row["change"] for row in rows]
    return Diff.model_validate({
        "date": day, "run_a": a.head.get("run_id"), "run_b": b.head.get("run_id"),
        **{kind: kinds.count(kind) for kind in ("added", "removed", "changed", "renamed")},
        "flipped": sum(row["flipped"] for row in listed),
        "made_from": differs, "rows": listed,
        "refusals_gained": _moved(b, a), "refusals_lost": _moved(a, b),
    })  # fmt: skip


def _joined(a: PredictionSet, b: PredictionSet) -> list[Row]:
    keys = list(KEYS)
    both = a.predictions.join(
        b.predictions, on=keys, how="full", suffix="_b", coalesce=True, maintain_order="left_right"
    )
    differs = pl.any_horizontal(
        pl.col(c).ne_missing(pl.col(f"{c}_b")) for c in (*NUMBERS, "prediction_id")
    )
    return both.filter(differs).sort("player_key", "market", "model").to_dicts()


def _explained(row: Row, causes: Causes) -> Row:
    """A row of the answer: both sides of each number, what kind of change it is, and why."""
    change = _change(row)
    flipped = change == "changed" and row["recommendation"] != row["recommendation_b"]
    explained: Row = {
        "change": change, "flipped": flipped,
        **{name: row[f"{name}_b"] if change == "added" else row[name]
           for name in ("player", "team", "role")},
        **{key: row[key] for key in KEYS},
        "id_a": row["prediction_id"], "id_b": row["prediction_id_b"],
        "pick_a": row["recommendation"], "pick_b": row["recommendation_b"],
    }  # fmt: skip
    explained |= {f"{n}_{s}": row[n + x] for n in _COMPARED for s, x in (("a", ""), ("b", "_b"))}
    return explained | {"why": _why(row, change, flipped, causes)}


def _change(row: Row) -> str:
    if row["prediction_id"] is None:
        return "added"
    if row["prediction_id_b"] is None:
        return "removed"
    return "changed" if any(row[n] != row[f"{n}_b"] for n in NUMBERS) else "renamed"


def _why(row: Row, change: str, flipped: bool, causes: Causes) -> list[Row]:
    if change == "renamed":
        return []
    if change == "changed":
        return causes.of_change(row, flipped)
    return [causes.of_absence(row, change)]


def _moved(here: PredictionSet, there: PredictionSet) -> list[Row]:
    """Refusals of `here` that `there` has not, or has for another reason; by player and reason."""
    keys = list(KEYS)
    was = there.refusals.select(*keys, other="reason")
    predicted = there.predictions.select(*keys, predicted=pl.lit(value=True))
    both = here.refusals.join(was, on=keys, how="left").join(predicted, on=keys, how="left")
    moved = both.filter(pl.col("reason").ne_missing(pl.col("other")))
    elsewhere = (
        pl.when("predicted").then(pl.lit("predicted"))
        .when(pl.col("other").is_not_null()).then(pl.format("refused: {}", "other"))
        .otherwise(pl.lit("not expected"))
    )  # fmt: skip
    by = ["player", "player_key", "team", "reason", "elsewhere"]
    grouped = moved.with_columns(elsewhere=elsewhere).group_by(by).agg(
        pl.col("detail").min(), pl.col("market").unique().sort().alias("markets"),
        pl.col("model").unique().sort().alias("models"), pl.len().alias("forecasts"),
    )  # fmt: skip
    return grouped.sort(by, nulls_last=True).to_dicts()


def _made_from(r: Reader, a: PredictionSet, b: PredictionSet) -> dict[str, Any]:
    """What differs in what two sets were made from: name -> {a, b}; settings by their names,
    models by name and market (version and role). What results.diff.InputChanges is made from."""
    differs: dict[str, Any] = {}
    for name in _PLAIN:
        _note(differs, name, a.head.get(name), b.head.get(name))
    _note(differs, "gate", lowest_quality(a.head), lowest_quality(b.head))
    settings: dict[str, Any] = {}
    models: dict[str, Any] = {}
    old, new = (json.loads(s.head.get("settings", "{}")) for s in (a, b))
    for name in sorted(old.keys() | new.keys()):
        _note(settings, name, old.get(name), new.get(name))
    names = dict(r.rows("SELECT model_id, model FROM models.version"))
    before, after = _assignments(a, names), _assignments(b, names)
    for name in sorted(before.keys() | after.keys()):
        _note(models, name, before.get(name), after.get(name))
    return differs | {k: v for k, v in (("settings", settings), ("models", models)) if v}


def _note(into: dict[str, Any], name: str, a: Any, b: Any) -> None:
    if a != b:
        into[name] = {"a": a, "b": b}


def _assignments(of: PredictionSet, names: dict[str, str]) -> dict[str, str]:
    """Model and market -> version and role; `names`: model id -> model."""
    assigned = json.loads(of.head.get("models", "[]"))
    return {f"{names.get(i, i)} {market}": f"{i} {role}" for i, market, role in assigned}


@dataclass(frozen=True)
class Causes:
    """Looks up what may have moved a prediction. `values`: (game, player) -> feature -> (a, b);
    `reads`: model id -> market -> names; `refused_a`, `refused_b`: key -> reason of a refusal."""

    values: dict[tuple[str, str], dict[str, tuple[Any, Any]]]
    redefined: frozenset[str]
    reads: dict[str, dict[str, tuple[str, ...]]]
    refused_a: dict[tuple[str, ...], str]
    refused_b: dict[tuple[str, ...], str]
    settings: dict[str, Any]
    code: bool

    @classmethod
    def of(cls, r: Reader, a: PredictionSet, b: PredictionSet, differs: dict[str, Any]) -> Causes:
        """Everything that could explain a difference; `differs`: what `_made_from` gave."""
        models = set(a.predictions["model_id"]) | set(b.predictions["model_id"])
        return cls(
            _values(a, b), _redefined(a, b), features_read(r, models), _reasons(a), _reasons(b),
            differs.get("settings", {}), "code_version" in differs,
        )  # fmt: skip

    def of_change(self, row: Row, flipped: bool) -> list[Row]:
        """Why the numbers of a prediction in both sets differ, by what it reads."""
        why: list[Row] = []
        if row["model_id"] != row["model_id_b"]:
            ids = {"model_a": row["model_id"], "model_b": row["model_id_b"]}
            why.append({"what": "model", **ids})
        if row["line"] != row["line_b"] or set(row["line_ids"] or ()) != set(
            row["line_ids_b"] or ()
        ):
            why.append({"what": "line", "a": row["line"], "b": row["line_b"],
                        "books_a": row["books"], "books_b": row["books_b"]})  # fmt: skip
        names = self.reads.get(row["model_id_b"], {}).get(row["market"], ())
        moved = self.values.get((row["game_id"], row["player_key"]), {})
        why += [{"what": "feature", "name": n, "a": moved[n][0], "b": moved[n][1]}
                for n in names if n in moved]  # fmt: skip
        why += [{"what": "definition", "name": n} for n in names if n in self.redefined]
        if flipped and self.settings:
            why.append({"what": "settings", "names": sorted(self.settings)})
        if not why:
            why.append({"what": "code" if self.code else "settings" if self.settings else "prices"})
        return why

    def of_absence(self, row: Row, change: str) -> Row:
        """Why a prediction is in one set only: how the forecast ended in the other."""
        ends = self.refused_b if change == "removed" else self.refused_a
        reason = ends.get(tuple(row[key] for key in KEYS))
        return {"what": "refused", "reason": reason} if reason else {"what": "not expected"}


def _values(a: PredictionSet, b: PredictionSet) -> dict[tuple[str, str], dict[str, Any]]:
    if a.snapshot is None or b.snapshot is None:
        return {}
    names = [n for n in a.snapshot.definitions if n in b.snapshot.definitions]
    keys = ["game_id", "player_key"]
    both = a.snapshot.frame.select(*keys, *names).join(
        b.snapshot.frame.select(*keys, *names), on=keys, suffix="_b"
    )
    moved: dict[tuple[str, str], dict[str, Any]] = {}
    for name in names:
        apart = both.filter(pl.col(name).ne_missing(pl.col(f"{name}_b")))
        for game, player, old, new in apart.select(*keys, name, f"{name}_b").iter_rows():
            moved.setdefault((game, player), {})[name] = (old, new)
    return moved


def _redefined(a: PredictionSet, b: PredictionSet) -> frozenset[str]:
    if a.snapshot is None or b.snapshot is None:
        return frozenset()
    old, new = a.snapshot.definitions, b.snapshot.definitions
    return frozenset(n for n in old.keys() & new.keys() if old[n] != new[n])


def _reasons(of: PredictionSet) -> dict[tuple[str, ...], str]:
    return {tuple(row[:4]): row[4] for row in of.refusals.select(*KEYS, "reason").iter_rows()}
