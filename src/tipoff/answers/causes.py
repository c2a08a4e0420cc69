"""Why a prediction differs between two sets: model, line, features, settings, code."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import polars as pl

from tipoff.answers.sets import KEYS, PredictionSet, names_read
from tipoff.forecast.assess import MODES
from tipoff.settings import Settings

if TYPE_CHECKING:
    from tipoff.lake import Reader

Row = dict[str, Any]
_PLAIN = ("as_of", "snapshot_id", "facts_seq", "code_version", "mode")


def gate_of(head: Any) -> float | None:
    """The lowest quality a run let through; None for no run."""
    if not head:
        return None
    return MODES[head["mode"]](Settings.model_validate_json(head["settings"]))


def made_from(r: Reader, a: PredictionSet, b: PredictionSet) -> dict[str, Any]:
    """What differs in what two sets were made from: name -> {a, b}; settings by their names,
    models by name and market (version and role). What results.diff.MadeFrom is made from."""
    found: dict[str, Any] = {}
    for name in _PLAIN:
        _note(found, name, a.head.get(name), b.head.get(name))
    _note(found, "gate", gate_of(a.head), gate_of(b.head))
    settings: dict[str, Any] = {}
    models: dict[str, Any] = {}
    old, new = (json.loads(s.head.get("settings", "{}")) for s in (a, b))
    for name in sorted(old.keys() | new.keys()):
        _note(settings, name, old.get(name), new.get(name))
    names = dict(r.rows("SELECT model_id, model FROM models.version"))
    seats_a, seats_b = _seats(a, names), _seats(b, names)
    for seat in sorted(seats_a.keys() | seats_b.keys()):
        _note(models, seat, seats_a.get(seat), seats_b.get(seat))
    return found | {k: v for k, v in (("settings", settings), ("models", models)) if v}


def _note(into: dict[str, Any], name: str, a: Any, b: Any) -> None:
    if a != b:
        into[name] = {"a": a, "b": b}


def _seats(of: PredictionSet, names: dict[str, str]) -> dict[str, str]:
    seats = json.loads(of.head.get("models", "[]"))
    return {f"{names.get(i, i)} {market}": f"{i} {role}" for i, market, role in seats}


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
        """Everything that could explain a difference; `differs`: what `made_from` gave."""
        models = set(a.predictions["model_id"]) | set(b.predictions["model_id"])
        return cls(
            _values(a, b), _redefined(a, b), names_read(r, models), _reasons(a), _reasons(b),
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
        """Why a prediction is in one set only: how the triple ended in the other."""
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
    found: dict[tuple[str, str], dict[str, Any]] = {}
    for name in names:
        apart = both.filter(pl.col(name).ne_missing(pl.col(f"{name}_b")))
        for game, player, old, new in apart.select(*keys, name, f"{name}_b").iter_rows():
            found.setdefault((game, player), {})[name] = (old, new)
    return found


def _redefined(a: PredictionSet, b: PredictionSet) -> frozenset[str]:
    if a.snapshot is None or b.snapshot is None:
        return frozenset()
    old, new = a.snapshot.definitions, b.snapshot.definitions
    return frozenset(n for n in old.keys() & new.keys() if old[n] != new[n])


def _reasons(of: PredictionSet) -> dict[tuple[str, ...], str]:
    return {tuple(row[:4]): row[4] for row in of.refusals.select(*KEYS, "reason").iter_rows()}
