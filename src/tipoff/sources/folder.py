"""`import_folder`: one folder of facts into the lake, in one commit or not at all."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import polars as pl

from tipoff import clock
from tipoff.errors import UsageError
from tipoff.hashing import content_id
from tipoff.lake import Lake, Reader, Writer
from tipoff.markets import MARKETS
from tipoff.results.data import ImportReport
from tipoff.sources import facts, identity, staging
from tipoff.sources.layout import SourceFile, is_simulated, read_folder
from tipoff.sources.merge import Counts, Fact, merge, repoint, run_sql
from tipoff.sources.report import import_report, table_report
from tipoff.sources.teams import alias_rows

STATUS_WORDS = {
    "out": ("placed out/il", "out", "ofs", "rest"),
    "available": ("activated/returned", "available", "active"),
    "doubtful": ("doubt", "doubtful"),
    "questionable": ("ques", "questionable", "day-to-day"),
    "probable": ("prob", "probable"),
}
"""Canonical injury status -> how the sources write it, lower case."""

Progress = Callable[[str], None]


def _silent(text: str) -> None:
    """Progress that nobody watches."""


@dataclass(frozen=True)
class Payload:
    """Bytes as they were read, kept for ever."""

    name: str
    sha256: str
    body: bytes


@dataclass(frozen=True)
class Batch:
    """What one import stores: rows in files of the layout, and the payloads they came from.

    `simulated`: whether it is of a simulated league; None: of whichever the lake is.
    """

    where: str
    files: list[SourceFile]
    payloads: list[Payload]
    simulated: bool | None


def import_folder(
    lake: Lake, folder: Path, progress: Progress = lambda _text: None
) -> ImportReport:
    """Store what a folder (layout: docs/import.md) says that the lake does not yet know.

    Rows that cannot be taken are set aside with a reason and counted; the rest goes on. A folder
    seen before adds nothing. Raises SourceError when a file or column is missing or unreadable,
    UsageError when simulated and real facts would mix; then nothing at all is stored.
    """
    progress("reading files")
    files = read_folder(folder)
    simulated = is_simulated(folder)
    with lake.reading() as r:
        known = _known_files(r, files)
        _check_label(r, str(folder), simulated)
    if len(known) == len(files):
        return _nothing_new(folder, files, simulated)
    payloads = [Payload(file.path.name, file.sha256, file.body) for file in files]
    return store(lake, Batch(str(folder), files, payloads, simulated), progress)


def store(lake: Lake, batch: Batch, progress: Progress) -> ImportReport:
    """Store what a batch says that the lake does not know, in one commit. Raises as
    `import_folder`."""
    now = clock.now()

    def work(w: Writer) -> ImportReport:
        with w.every_core():
            return _Import(w, batch, now, progress).run()

    return lake.write(work)


class _Import:
    """One import inside one commit."""

    def __init__(self, writer: Writer, batch: Batch, now: datetime, progress: Progress) -> None:
        self.w, self.batch, self.files = writer, batch, batch.files
        self.now, self.progress = now, progress
        self.known = _known_files(writer, batch.files)
        self.simulated = False
        self.read: dict[str, int] = {}
        self.counts: dict[Fact, Counts] = {}

    def run(self) -> ImportReport:
        """All steps in order; the order is what makes each step's inputs exist."""
        stored = _check_label(self.w, self.batch.where, self.batch.simulated)
        self.simulated = stored == "true" if stored else bool(self.batch.simulated)
        if stored is None:
            label = {"key": ["simulated"], "value": ["true" if self.simulated else "false"]}
            self.w.append("ops.meta", pl.DataFrame(label))
        self._stage()
        self._store_facts()
        for file in self.files:
            _set_aside(self.w, file)
        report = self._report()
        self._store_payloads()
        self._note(report)
        return report

    def _stage(self) -> None:
        staging.prepare(self.w)
        self._lookups()
        for file in self.files:
            self.progress(f"checking {file.name}")
            self.read[file.name] = staging.stage(self.w, file, file.name in self.known)
        identity.read_spellings(self.w)

    def _lookups(self) -> None:
        codes = pl.DataFrame(
            alias_rows(), schema=["alias", "code", "first_day", "last_day"], orient="row"
        )
        words = [(word, status) for status, many in STATUS_WORDS.items() for word in many]
        statuses = pl.DataFrame(words, schema=["word", "canonical"], orient="row")
        called = {w: m.name for m in MARKETS.values() for w in (m.name, *m.aliases)}
        markets = pl.DataFrame([*called.items()], schema=["word", "canonical"], orient="row")
        lookups = {"team_code": codes, "status_word": statuses, "market_word": markets}
        for name, frame in lookups.items():
            self.w.register("lookup_rows", frame)
            self.w.rows(f"CREATE OR REPLACE TEMP TABLE {name} AS SELECT * FROM lookup_rows")
            self.w.unregister("lookup_rows")

    def _store_facts(self) -> None:
        self._run("games", "placing games")
        self._run("boxes", "checking box scores")
        self._merge(facts.PLAYER_GAME, "c_player_game")
        self._merge(facts.TEAM_GAME, "c_team_game")
        self._merge(facts.OFFICIAL, "c_official")
        self._run("people", "learning players")
        self._merge(facts.PLAYER, "c_player")
        self._run("injuries", "resolving names")
        identity.resolve(self.w)
        self._run("lines", "placing lines")
        self._run("injury_rows", "placing injuries")
        self._merge(facts.INJURY, "c_injury")
        self._merge(facts.GAME_LINE, "c_game_line")
        self._merge(facts.PROP_LINE, "c_prop_line")
        self._merge(facts.GAME, "c_game")
        if facts.EXTERNAL.source in self.read:
            identity.read_external_keys(self.w)
            self._run("external", "placing values of one's own")
            self._merge(facts.EXTERNAL, "c_external")
        self._run("repoint", "repointing lines")
        for fact in (facts.GAME_LINE, facts.PROP_LINE):
            self.counts[fact] = repoint(self.w, fact, self.counts[fact])

    def _run(self, name: str, text: str) -> None:
        self.progress(text)
        run_sql(self.w, name, {"now": self.now})

    def _merge(self, fact: Fact, candidates: str) -> None:
        self.progress(f"storing {fact.table}")
        self.counts[fact] = merge(self.w, fact, candidates)

    def _store_payloads(self) -> None:
        sql = "SELECT count(*) FROM raw.payload WHERE sha256 = $sha256"
        for payload in {p.sha256: p for p in self.batch.payloads}.values():
            if not self.w.value(sql, {"sha256": payload.sha256}):
                self.w.append("raw.payload", _payload(payload, self.now))

    def _note(self, report: ImportReport) -> None:
        detail = report.to_json()
        row = {
            "event_id": [content_id("event", [self.w.seq, detail])],
            "happened_at": [self.now],
            "kind": ["import"],
            "detail": [detail],
        }
        self.w.append("ops.event", pl.DataFrame(row))

    def _report(self) -> ImportReport:
        aside = _reasons(self.w)
        tables = []
        for fact in (fact for fact in ALL_FACTS if fact in self.counts):
            own = fact is not facts.PLAYER
            read = self.read[fact.source] if own else 0
            reasons = aside.get(fact.source, {}) if own else {}
            tables.append(table_report(fact.table, read, self.counts[fact], reasons))
        known = [f"{file.name}.parquet" for file in self.files if file.name in self.known]
        unresolved, line_only = identity.unresolved(self.w)
        if facts.EXTERNAL in self.counts:
            unresolved |= identity.unresolved_external(self.w)
        return import_report(
            self.batch.where, tables, simulated=self.simulated, known_files=known,
            unresolved=unresolved, line_only_games=line_only,
        )  # fmt: skip


ALL_FACTS = (
    facts.GAME, facts.PLAYER, facts.PLAYER_GAME, facts.TEAM_GAME, facts.OFFICIAL, facts.INJURY,
    facts.GAME_LINE, facts.PROP_LINE, facts.EXTERNAL,
)  # fmt: skip


def _known_files(reader: Reader, files: list[SourceFile]) -> set[str]:
    """Names of the files whose very bytes the lake holds."""
    stored = {row[0] for row in reader.rows("SELECT DISTINCT sha256 FROM raw.payload")}
    return {f.name for f in files if f.sha256 in stored}


def _check_label(reader: Reader, where: str, simulated: bool | None) -> str | None:
    """The lake's label, None before its first import. The other kind of folder is refused."""
    stored = reader.value("SELECT value FROM ops.meta WHERE key = 'simulated'")
    label = "true" if simulated else "false"
    if stored is not None and simulated is not None and stored != label:
        kinds = {"true": "a simulated league", "false": "a real one"}
        raise UsageError(
            f"{where} holds {kinds[label]}, this lake {kinds[stored]}",
            "name another lake with --lake",
        )
    return None if stored is None else str(stored)


def _nothing_new(folder: Path, files: list[SourceFile], simulated: bool) -> ImportReport:
    tables = [
        table_report(fact.table, 0, Counts(0, 0, 0))
        for fact in ALL_FACTS
        if fact is not facts.EXTERNAL
    ]
    known = [f.path.name for f in files]
    return import_report(
        str(folder),
        tables,
        simulated=simulated,
        known_files=known,
        unresolved={},
        line_only_games=0,
    )


def _payload(payload: Payload, now: datetime) -> pl.DataFrame:
    return pl.DataFrame(
        {
            "sha256": [payload.sha256],
            "name": [payload.name],
            "fetched_at": [now],
            "size": [len(payload.body)],
            "body": [payload.body],
        }
    )


def _set_aside(writer: Writer, file: SourceFile) -> None:
    """Store the file's problem rows with their reasons; those stored before stay single."""
    mine = f"SELECT \"row\", reason FROM problem WHERE file = '{file.name}'"
    if not writer.value(f"SELECT count(*) FROM ({mine})"):
        return
    writer.rows(
        "CREATE OR REPLACE TEMP TABLE aside AS SELECT reason, to_json(t)::VARCHAR AS body"
        " FROM (SELECT * FROM read_parquet($path, file_row_number = true)) t"
        f' JOIN ({mine}) p ON p."row" = t.file_row_number',
        {"path": file.pattern},
    )
    name = file.label or file.path.name
    select = (
        "SELECT left(sha256(to_json([$name, reason, body])::VARCHAR), 16) AS fact_id,"
        " $name AS name, reason, body FROM aside"
        " WHERE fact_id NOT IN (SELECT fact_id FROM raw.set_aside)"
    )
    count = int(writer.value(f"SELECT count(*) FROM ({select})", {"name": name}))
    if count:
        writer.insert("raw.set_aside", "fact_id, name, reason, body", select, count, {"name": name})


def _reasons(writer: Writer) -> dict[str, dict[str, int]]:
    """File -> kind of reason (the words before the colon) -> rows."""
    reasons: dict[str, dict[str, int]] = {}
    sql = (
        "SELECT file, split_part(reason, ':', 1) AS kind, count(*) FROM problem"
        " GROUP BY ALL ORDER BY ALL"
    )
    for file, kind, count in writer.rows(sql):
        reasons.setdefault(file, {})[kind] = count
    return reasons
