"""What each side is made to do: a lake of its own, slates run and graded, a backtest."""

from __future__ import annotations

import hashlib
import json
import shutil
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import polars as pl

from tools.builds.checkout import Build
from tools.builds.failure import Failure
from tools.builds.kinds import SLATES

Say = Callable[[str], None]
Frames = dict[str, pl.DataFrame]
DUMP = Path(__file__).with_name("dump.py")
CATALOG = "catalog.sqlite"
FORM = 1
"""Of what is kept: another number, and nothing kept before is read."""


@dataclass(frozen=True)
class Asked:
    """What is to be compared. `backtest`: first and last date; `train`: (model, last date)."""

    dates: tuple[str, ...] = ()
    backtest: tuple[str, str] | None = None
    models: tuple[str, ...] = ()
    train: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class Results:
    """A side's rows by kind of row, and what has to be said of how they were made."""

    frames: Frames
    notes: tuple[str, ...]


@dataclass(frozen=True)
class Source:
    """The folder given: a lake, or data files a lake is made of. `digest` is of its content."""

    folder: Path
    is_lake: bool
    digest: str


def read_source(folder: Path, asked: Asked) -> Source:
    """Look at the folder given. Raises Failure when it is neither, or --train has no use."""
    is_lake = (folder / CATALOG).is_file()
    if not is_lake and not any(folder.glob("*.parquet")):
        raise Failure(f"no lake and no data at {folder}: it has no {CATALOG} and no Parquet file")
    if is_lake and asked.train:
        raise Failure(f"--train is for a folder of data files; {folder} is a lake")
    digest = hashlib.sha256()
    for path in sorted(p for p in folder.rglob("*") if p.is_file() and not _passing(p)):
        with path.open("rb") as handle:
            content = hashlib.file_digest(handle, "sha256").hexdigest()
        digest.update(f"{path.relative_to(folder).as_posix()}\0{content}\n".encode())
    return Source(folder, is_lake, digest.hexdigest())


def _passing(path: Path) -> bool:
    """Whether a file comes and goes with who has the lake open."""
    return path.name in ("writer.lock", f"{CATALOG}-shm")


def base_lake(build: Build, source: Source, asked: Asked, work: Path, say: Say) -> Path:
    """The lake both sides start from: the one given, or one that the old build makes."""
    if source.is_lake:
        return source.folder
    folder = work / "lakes" / _key(build.sha, source.digest, asked.train)

    def make(half: Path) -> None:
        lake = half / "lake"
        say(f"{build.label}: import {source.folder}")
        build.tipoff(half, "--lake", lake, "import", source.folder.resolve())
        for model, through in asked.train:
            say(f"{build.label}: train {model} --through {through}")
            build.tipoff(half, "--lake", lake, "train", model, "--through", through)

    kept(folder, make, say)
    return folder / "lake"


def old_results(
    build: Build, lake: Path, source: Source, asked: Asked, work: Path, say: Say
) -> Results:
    """The old side's results, made or as they are kept."""
    about = [build.sha, source.digest, asked.train]
    parts = {}
    if asked.dates:
        folder = work / "old" / _key("slates", *about, asked.dates)
        kept(folder, lambda half: run_slates(build, lake, asked, half, say), say)
        parts["slates"] = folder
    if asked.backtest:
        name = _key("backtest", *about, asked.backtest, asked.models)
        folds = work / "folds" / name
        kept(
            work / "old" / name,
            lambda half: run_backtest(build, lake, asked, half, folds, say),
            say,
        )
        parts["backtest"] = work / "old" / name
    return read_results(parts)


def new_results(build: Build, lake: Path, asked: Asked, work: Path, say: Say) -> Results:
    """The new side's results: made each time, for what is kept would prove nothing."""
    shutil.rmtree(work / "new", ignore_errors=True)
    parts = {}
    if asked.dates:
        parts["slates"] = work / "new" / "slates"
        parts["slates"].mkdir(parents=True)
        run_slates(build, lake, asked, parts["slates"], say)
    if asked.backtest:
        parts["backtest"] = work / "new" / "backtest"
        parts["backtest"].mkdir(parents=True)
        run_backtest(build, lake, asked, parts["backtest"], work / "new" / "folds", say)
    return read_results(parts)


def run_slates(build: Build, lake: Path, asked: Asked, out: Path, say: Say) -> None:
    """Run and grade every date on a copy of the lake; write what is published to `out`."""
    with tempfile.TemporaryDirectory(dir=out) as folder:
        home = Path(folder)
        mine = _own(lake, home / "lake")
        notes = []
        for day in asked.dates:
            say(f"{build.label}: run {day}")
            notes += _run(build, home, mine, day)
        # Only now: grading may block a model from the next date on.
        for day in asked.dates:
            say(f"{build.label}: grade {day}")
            graded = build.tipoff(home, "--lake", mine, "grade", day)
            if not graded["new"]:
                notes.append(f"{day}: {build.side} scored no grade; those stored before are read")
        build.script(home, DUMP, mine, out.resolve(), *asked.dates)
    (out / "notes.json").write_text(json.dumps(notes), encoding="utf-8")


def _run(build: Build, home: Path, lake: Path, day: str) -> list[str]:
    answer = build.tipoff(home, "--lake", lake, "run", day)
    if not answer["nothing_to_do"]:
        return []
    # What is published already would be compared with itself: it is made again, all of it.
    words = ("regenerate", day, "--reason", "compare_builds")
    again = build.tipoff(home, "--lake", lake, *words)
    same = again["run_id"] == answer["run_id"]
    which = "the run has the id it had" if same else "the run has another id"
    return [f"{day}: was published; {build.side} made it again, and {which}"]


def run_backtest(build: Build, lake: Path, asked: Asked, out: Path, folds: Path, say: Say) -> None:
    """Backtest on a copy of the lake, all markets; write the file to `out`."""
    first, last = asked.backtest or ("", "")
    models = [word for model in asked.models for word in ("--model", model)]
    with tempfile.TemporaryDirectory(dir=out) as folder:
        home = Path(folder)
        mine = _own(lake, home / "lake")
        say(f"{build.label}: backtest {first} to {last}")
        where = ("--out", (out / "backtest.parquet").resolve(), "--work", folds.resolve())
        build.tipoff(
            home, "--lake", mine, "backtest", "--from", first, "--to", last, *models, *where
        )


def kept(folder: Path, make: Callable[[Path], None], say: Say) -> None:
    """Have `make` fill a folder, unless it is kept from before; half of one is never kept."""
    if folder.exists():
        say(f"kept from before: {folder}")
        return
    half = folder.with_name(f"{folder.name}.half")
    shutil.rmtree(half, ignore_errors=True)
    half.mkdir(parents=True)
    make(half)
    half.rename(folder)


def read_results(parts: dict[str, Path]) -> Results:
    """Read what the parts wrote."""
    frames, notes = {}, []
    if "slates" in parts:
        notes = json.loads((parts["slates"] / "notes.json").read_text(encoding="utf-8"))
        frames = {k.name: pl.read_parquet(parts["slates"] / f"{k.name}.parquet") for k in SLATES}
    if "backtest" in parts:
        frames["backtest"] = pl.read_parquet(parts["backtest"] / "backtest.parquet")
    return Results(frames, tuple(notes))


def _own(lake: Path, target: Path) -> Path:
    # The log of SQLite comes along, for it may hold commits; its index is made anew.
    ignored = shutil.ignore_patterns("writer.lock", f"{CATALOG}-shm", "tmp")
    return Path(shutil.copytree(lake, target, ignore=ignored))


def _key(*parts: Any) -> str:
    text = json.dumps([FORM, *parts], sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()[:24]
