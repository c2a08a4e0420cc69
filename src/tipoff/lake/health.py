"""Is everything the catalog names there and whole, and is there anything it does not name?"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tipoff.clock import iso
from tipoff.errors import ArtifactError, LakeDamaged
from tipoff.lake.files import DataFile, artifact_names, data_files, orphans
from tipoff.lake.foreign import translating_errors
from tipoff.lake.migrations import VERSION, stored_version
from tipoff.lake.references import dangling
from tipoff.results.health import LakeCheck, LakeProblem, ProblemKind

if TYPE_CHECKING:
    from tipoff.lake.connection import Lake

UNREADABLE: frozenset[ProblemKind] = frozenset({"catalog", "damaged", "missing", "schema"})
"""With one of these a table may not be read, and rows of lost files are not there to be named."""
CLOCK_SLACK = timedelta(minutes=1)


def check(lake: Lake, now: datetime, age: timedelta, *, read: bool = True) -> LakeCheck:
    """Compare the folder with the catalog; `read` also reads every data file to its end.

    `age`: leftovers younger than that may belong to a commit under way. Raises LakeDamaged when
    the catalog itself cannot be read.
    """
    with lake.reading() as r:
        files, models = data_files(lake, r), artifact_names(r)
        guards = r.rows("SELECT n FROM ops.guard")
        newest = r.value("SELECT max(committed_at) FROM forecast.publication")
    problems = [*_catalog(lake), *_guard(guards), *_schema(lake), *_clock(newest, now)]
    for file in files:
        problems.extend(_data_file(file, read))
    for name, digest in models:
        problems.extend(_artifact(lake, name, digest))
    if not {t.kind for t in problems} & UNREADABLE:
        problems.extend(_dangling(lake))
    problems.extend(_leftovers(lake, now - age))
    commits = int(guards[0][0]) if guards else 0
    return LakeCheck(
        data_files=len(files), artifacts=len(models), schema_version=stored_version(lake),
        commits=commits, problems=tuple(problems), ok=all(problem.young for problem in problems),
    )  # fmt: skip


def _problem(kind: ProblemKind, what: str, detail: str, *, young: bool = False) -> LakeProblem:
    return LakeProblem(kind=kind, what=what, detail=detail, young=young)


def _catalog(lake: Lake) -> Iterator[LakeProblem]:
    with lake.session() as session:
        said = [str(text) for (text,) in session.rows(lake.catalog.check_sql)]
    yield from (_problem("catalog", str(lake.catalog), text) for text in said if text != "ok")


def _guard(rows: list[tuple[Any, ...]]) -> Iterator[LakeProblem]:
    if len(rows) != 1:
        yield _problem("guard", "ops.guard", f"holds {len(rows)} rows, must hold one")


def _schema(lake: Lake) -> Iterator[LakeProblem]:
    if (version := stored_version(lake)) != VERSION:
        yield _problem("schema", "ops.meta", f"version {version}, this tipoff has {VERSION}")


def _clock(newest: datetime | None, now: datetime) -> Iterator[LakeProblem]:
    if newest is not None and newest > now + CLOCK_SLACK:
        detail = f"the newest publication is of {iso(newest)}, the clock says {iso(now)}"
        yield _problem("clock", "clock", f"{detail}: it was set back, or was ahead then")


def _artifact(lake: Lake, name: str, digest: str) -> Iterator[LakeProblem]:
    where = lake.artifacts.where(name)
    try:
        if lake.artifacts.find(name) is None:
            yield _problem("missing", where, "a model version names it")
        else:
            lake.artifacts.read(name, digest)
    except ArtifactError as error:
        yield _problem("damaged", where, error.message)


def _data_file(file: DataFile, read: bool) -> Iterator[LakeProblem]:
    path = Path(file.path)
    if not path.is_file():
        yield _problem("missing", file.path, f"{file.rows} rows of {file.table}")
        return
    if (size := path.stat().st_size) != file.size:
        yield _problem("damaged", file.path, f"{size} bytes, the catalog says {file.size}")
        return
    try:
        rows = _count(file, read)
    except LakeDamaged as error:
        yield _problem("damaged", file.path, error.message)
        return
    if rows != file.rows:
        yield _problem("damaged", file.path, f"{rows} rows, the catalog says {file.rows}")


def _dangling(lake: Lake) -> Iterator[LakeProblem]:
    with lake.reading() as r:
        yield from (_problem("dangling", whose, detail) for whose, detail in dangling(r))


def _count(file: DataFile, read: bool) -> int:
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        with translating_errors(), pq.ParquetFile(file.path) as parquet:
            if read:
                return sum(batch.num_rows for batch in parquet.iter_batches())
            return int(parquet.metadata.num_rows)
    except pa.ArrowException as error:
        raise LakeDamaged(str(error)) from error


def _leftovers(lake: Lake, before: datetime) -> Iterator[LakeProblem]:
    for file in orphans(lake):
        detail = f"nothing names it; last changed {file.changed:%Y-%m-%d %H:%M}"
        yield _problem("orphan", file.where, detail, young=file.changed >= before)
