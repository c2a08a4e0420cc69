"""Snapshots: tonight's feature rows under the hash of everything they are."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field, replace
from datetime import date, datetime
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl

from tipoff.errors import ArtifactError, NotFound
from tipoff.features.build import FALLBACK, SlateFeatures
from tipoff.features.catalogue import catalogue, definition_hashes, feature_set
from tipoff.features.checks import batch_checks, recent_means
from tipoff.features.quality import Quality, row_quality
from tipoff.fingerprint import features_code
from tipoff.gates import gate
from tipoff.hashing import content_id, spell, spelled, text_id
from tipoff.lake.migrations import add_columns

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from tipoff.lake import Reader, Writer

KEYS = ("game_id", "player_key", "team", "opponent", "home", "tipoff")
WIDEST = "v2_39"


@dataclass(frozen=True)
class Snapshot:
    """Feature rows of a slate as of a moment, ordered by (game_id, player_key).

    `frame`: KEYS and a Float64 column per feature of `definitions`. `reasons`: per row, feature
    -> why it is null, or `fallback`. `facts_seq`: the newest recorded_seq the build could see.
    """

    snapshot_id: str
    slate: date
    as_of: datetime
    facts_seq: int
    definitions: dict[str, str]
    frame: pl.DataFrame
    reasons: list[dict[str, str]]
    report: list[dict[str, Any]] = field(default_factory=list)

    @cached_property
    def row_hashes(self) -> list[str]:
        """One hash per row over its keys, values and reasons."""
        columns = [spelled(self.frame[name]) for name in (*KEYS, *sorted(self.definitions))]
        # content_id("row", [row, why]), column by column
        return [
            text_id("row", f"[[{','.join(row)}],{spell(why)}]")
            for row, why in zip(zip(*columns, strict=True), self.reasons, strict=True)
        ]

    def altered(self, **changes: Any) -> Snapshot:
        """The same rows under another id or with another report; their hashes go with them."""
        made = replace(self, **changes)
        vars(made)["row_hashes"] = self.row_hashes
        return made

    def reasons_of(self, game_id: str, player_key: str) -> dict[str, str]:
        """Why features of one row are null or fallbacks. Raises NotFound for an unknown row."""
        at = self.positions.get((game_id, player_key))
        if at is None:
            raise NotFound(f"{self.snapshot_id} has no row of {player_key} in {game_id}")
        return self.reasons[at]

    @cached_property
    def positions(self) -> dict[tuple[str, str], int]:
        """(game_id, player_key) -> its row."""
        keys = self.frame.select("game_id", "player_key").rows()
        return {(game, player): at for at, (game, player) in enumerate(keys)}

    @cached_property
    def blocked(self) -> dict[str, str]:
        """Feature -> why a batch check forbids reading it as it is."""
        unfit = [c for c in self.report if c["blocks"] is not False]
        return {c["feature"]: f"{c['feature']}: {c['detail']}" for c in unfit}

    def quality(self, names: tuple[str, ...], required: tuple[str, ...]) -> Quality:
        """Quality of every row over the names a model reads."""
        present = {n: self._present(n) for n in names}
        fallback = {n: self._fallback.get(n, self._nowhere) for n in names}
        return row_quality(present, fallback, required, catalogue())

    def _present(self, name: str) -> NDArray[np.bool_]:
        if name not in self._seen:
            self._seen[name] = self.frame[name].is_not_null().to_numpy()
        return self._seen[name]

    @cached_property
    def _seen(self) -> dict[str, NDArray[np.bool_]]:
        return {}

    @cached_property
    def _fallback(self) -> dict[str, NDArray[np.bool_]]:
        found: dict[str, NDArray[np.bool_]] = {}
        for at, why in enumerate(self.reasons):
            for name, said in why.items():
                if said == FALLBACK:
                    found.setdefault(name, self._nowhere.copy())[at] = True
        return found

    @cached_property
    def _nowhere(self) -> NDArray[np.bool_]:
        return np.zeros(len(self.reasons), dtype=bool)


def build_snapshot(slate: date, as_of: datetime, seq: int, features: SlateFeatures) -> Snapshot:
    """A snapshot of built features; its id hashes definitions, values, slate and as_of."""
    hashes = definition_hashes()
    definitions = {n: hashes[n] for n in features.frame.columns if n in hashes}
    indexed = features.frame.with_row_index("at").sort("game_id", "player_key")
    reasons = [features.reasons[i] for i in indexed["at"].to_list()]
    frame = indexed.select(*KEYS, *definitions)
    bare = Snapshot("", slate, as_of, seq, definitions, frame, reasons)
    return bare.altered(snapshot_id=_identity(bare))


def checked(r: Reader, snapshot: Snapshot) -> Snapshot:
    """The snapshot with its batch checks as report: against itself and the newest stored ones."""
    found = batch_checks(snapshot, recent_means(r))
    return snapshot.altered(report=[asdict(check) for check in found])


def store_snapshot(w: Writer, snapshot: Snapshot) -> None:
    """Store a snapshot in this commit, adding feature columns the table lacks; once per id."""
    sql = "SELECT count(*) FROM features.snapshot WHERE snapshot_id = $id"
    if w.value(sql, {"id": snapshot.snapshot_id}):
        return
    declared = catalogue()
    comments = {n: f"{declared[n].unit}; {declared[n].category}" for n in snapshot.definitions}
    add_columns(w, "features.value", comments, "DOUBLE")
    w.append("features.snapshot", pl.DataFrame([_head(snapshot)]), key=("snapshot_id",))
    key = ("snapshot_id", "game_id", "player_key")
    w.append("features.value", _rows(snapshot), key=key)


def load_snapshot(r: Reader, snapshot_id: str, *, verify: bool = True) -> Snapshot:
    """A stored snapshot. Raises NotFound, or ArtifactError naming the first row whose values do
    not hash to what was stored (unless `verify` is false)."""
    params = {"id": snapshot_id}
    found = r.rows(
        "SELECT slate, as_of, facts_seq, definitions, report FROM features.snapshot"
        " WHERE snapshot_id = $id",
        params,
    )
    if not found:
        raise NotFound(f"no snapshot {snapshot_id}", "tipoff run DATE builds one")
    slate, as_of, seq, text, report = found[0]
    definitions: dict[str, str] = json.loads(text)
    listed = ", ".join(f'"{n}"' for n in definitions)
    rows = r.query(
        f"SELECT {', '.join(KEYS)}, {listed}, reasons, row_hash FROM features.value"
        " WHERE snapshot_id = $id ORDER BY game_id, player_key",
        params,
    )
    reasons = [json.loads(why) for why in rows["reasons"]]
    frame = rows.select(*KEYS, *definitions)
    snapshot = Snapshot(snapshot_id, slate, as_of, seq, definitions, frame, reasons,
                        json.loads(report or "[]"))  # fmt: skip
    if verify:
        _verify(snapshot, rows["row_hash"].to_list())
    return snapshot


@gate(
    "snapshot seal", protects="explain and reproduce",
    on_error="the snapshot is not read", on_null="a row without its hash: ArtifactError",
)  # fmt: skip
def _verify(snapshot: Snapshot, stored: list[str]) -> None:
    keys = snapshot.frame.select("game_id", "player_key").rows()
    for key, now, then in zip(keys, snapshot.row_hashes, stored, strict=True):
        if now != then:
            raise ArtifactError(
                f"{snapshot.snapshot_id}: the stored values of {key[1]} in {key[0]} were changed",
                "tipoff reproduce names the feature; tipoff run rebuilds the slate",
            )
    if _identity(snapshot) != snapshot.snapshot_id:
        raise ArtifactError(
            f"{snapshot.snapshot_id}: its rows or definitions were changed, they hash to"
            f" {_identity(snapshot)}"
        )


def _identity(snapshot: Snapshot) -> str:
    made_from = [snapshot.slate, snapshot.as_of, snapshot.definitions, snapshot.row_hashes]
    return content_id("snap", made_from)


def _head(snapshot: Snapshot) -> dict[str, Any]:
    return {
        "snapshot_id": snapshot.snapshot_id, "slate": snapshot.slate, "as_of": snapshot.as_of,
        "facts_seq": snapshot.facts_seq, "definitions": json.dumps(snapshot.definitions),
        "rows": snapshot.frame.height, "report": json.dumps(snapshot.report),
        "code_version": features_code(),
    }  # fmt: skip


def _rows(snapshot: Snapshot) -> pl.DataFrame:
    names = feature_set(WIDEST)
    declared = catalogue()
    required = tuple(n for n in names if n in declared and declared[n].required)
    known = tuple(n for n in names if n in snapshot.definitions)
    quality = snapshot.quality(known, required)
    return snapshot.frame.with_columns(
        pl.lit(snapshot.snapshot_id).alias("snapshot_id"),
        pl.Series("quality", quality.score).fill_nan(None),
        pl.Series("tier", quality.tiers, dtype=pl.String),
        pl.Series("reasons", [json.dumps(w) for w in snapshot.reasons], dtype=pl.String),
        pl.Series("row_hash", snapshot.row_hashes, dtype=pl.String),
    )
