"""`import_folder`: one folder of facts into the lake, in one commit or not at all."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import datetime
from importlib import resources
from pathlib import Path

import polars as pl

from tipoff import clock
from tipoff.errors import UsageError
from tipoff.hashing import content_id
from tipoff.lake import Lake, Writer
from tipoff.sources import facts, identity, staging
from tipoff.sources.layout import FILES, SourceFile, is_simulated, read_folder
from tipoff.sources.merge import Counts, Fact, merge
from tipoff.sources.report import ImportReport, table_report
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
    now = clock.now()
    return lake.write(lambda w: _Import(w, folder, files, simulated, now, progress).run())


class _Import:
    """One import inside one commit."""

    def __init__(
        self,
        writer: Writer,
        folder: Path,
        files: list[SourceFile],
        simulated: bool,
        now: datetime,
        progress: Progress,
    ) -> None:
        self.w, self.folder, self.files = writer, folder, files
        self.simulated, self.now, self.progress = simulated, now, progress
        self.known = self._known_files()
        self.read: dict[str, int] = {}
        self.counts: dict[Fact, Counts] = {}

    def run(self) -> ImportReport:
        """All steps in order; the order is what makes each step's inputs exist."""
        self._label()
        if len(self.known) < len(self.files):
            self._stage()
            self._store_facts()
        self._store_set_aside()
        report = self._report()
        if report.new_rows or len(self.known) < len(self.files):
            self._store_payloads()
            self._note(report)
        return report

    def _known_files(self) -> set[str]:
        rows = self.w.rows("SELECT DISTINCT sha256 FROM raw.payload")
        stored = {row[0] for row in rows}
        return {f.name for f in self.files if f.sha256 in stored}

    def _label(self) -> None:
        """The first import decides whether a lake is simulated; the other kind is refused."""
        wanted = "true" if self.simulated else "false"
        stored = self.w.value("SELECT value FROM ops.meta WHERE key = 'simulated'")
        if stored is None:
            self.w.append("ops.meta", pl.DataFrame({"key": ["simulated"], "value": [wanted]}))
        elif stored != wanted:
            kinds = {"true": "a simulated", "false": "a real"}
            raise UsageError(
                f"{self.folder} is {kinds[wanted]} league, this lake holds {kinds[stored]} one",
                "name another lake with --lake",
            )

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
        for name, frame in (("team_code", codes), ("status_word", statuses)):
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

    def _run(self, name: str, text: str) -> None:
        self.progress(text)
        run_sql(self.w, name, {"now": self.now})

    def _merge(self, fact: Fact, candidates: str) -> None:
        self.progress(f"storing {fact.table}")
        self.counts[fact] = merge(self.w, fact, candidates)

    def _store_set_aside(self) -> None:
        if not self.read:
            return
        for file in self.files:
            _set_aside(self.w, file)

    def _store_payloads(self) -> None:
        for file in self.files:
            if file.name not in self.known:
                self.w.append("raw.payload", _payload(file, self.now))

    def _note(self, report: ImportReport) -> None:
        detail = json.dumps(report.as_dict())
        row = {
            "event_id": [content_id("event", [self.w.seq, detail])],
            "happened_at": [self.now],
            "kind": ["import"],
            "detail": [detail],
        }
        self.w.append("ops.event", pl.DataFrame(row))

    def _report(self) -> ImportReport:
        aside = _reasons(self.w) if self.read else {}
        tables = [
            table_report(
                fact.table,
                self.read.get(fact.source, 0) if fact is not facts.PLAYER else 0,
                self.counts.get(fact, Counts(0, 0, 0)),
                aside.get(fact.source, {}) if fact is not facts.PLAYER else {},
            )
            for fact in ALL_FACTS
        ]
        known = [f"{name}.parquet" for name in FILES if name in self.known]
        unresolved, line_only = identity.unresolved(self.w) if self.read else ({}, 0)
        return ImportReport(str(self.folder), self.simulated, known, tables, unresolved, line_only)


ALL_FACTS = (
    facts.GAME, facts.PLAYER, facts.PLAYER_GAME, facts.TEAM_GAME, facts.OFFICIAL, facts.INJURY,
    facts.GAME_LINE, facts.PROP_LINE,
)  # fmt: skip


def run_sql(writer: Writer, name: str, params: dict[str, datetime]) -> None:
    """Run the statements of `sql/NAME.sql`; parameters are bound where they are named."""
    text = resources.files("tipoff.sources").joinpath(f"sql/{name}.sql").read_text("utf-8")
    for statement in text.split(";\n"):
        if statement.strip():
            writer.rows(statement, params)


def _payload(file: SourceFile, now: datetime) -> pl.DataFrame:
    return pl.DataFrame(
        {
            "sha256": [file.sha256],
            "name": [file.path.name],
            "fetched_at": [now],
            "size": [len(file.body)],
            "body": [file.body],
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
        {"path": str(file.path)},
    )
    name = file.path.name
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
    found: dict[str, dict[str, int]] = {}
    sql = (
        "SELECT file, split_part(reason, ':', 1) AS kind, count(*) FROM problem"
        " GROUP BY ALL ORDER BY ALL"
    )
    for file, kind, count in writer.rows(sql):
        found.setdefault(file, {})[kind] = count
    return found
