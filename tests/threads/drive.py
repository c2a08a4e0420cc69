"""The stress: threads that share one Lake until the time is over or one of them has an error."""

from __future__ import annotations

import sys
import threading
import time
import traceback
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from importlib import import_module, util
from pathlib import Path

import polars as pl

from tests.faults.invariants import chains, published_slates
from tests.faults.league import Ground, amend
from tipoff.lake import Lake, Reader
from tipoff.sources import import_folder

READERS = 8
KINDS = ("reads", "imports", "modules")
PATIENCE = 120.0
PAUSE = 0.02
"""Seconds a reader rests: without, eight of them keep two cores from ever importing."""
PACKAGES = {
    "pyarrow": ("", "compute", "csv", "dataset", "feather", "fs", "ipc", "json", "parquet"),
    "pandas": ("", "api", "api.types", "io.api", "io.json", "plotting", "testing", "tseries.api"),
    "polars": ("api", "io.csv", "io.json", "io.parquet", "selectors", "string_cache", "testing"),
    "scipy": ("", "constants", "fft", "integrate", "interpolate", "linalg", "sparse", "spatial"),
    "numpy": ("fft", "linalg", "ma.extras", "polynomial", "random", "testing"),
    "json": ("", "decoder", "encoder", "scanner", "tool"),
    "xml": ("dom.minidom", "etree.ElementTree", "sax"),
    "email": ("", "charset", "message", "mime.text", "utils"),
}
"""Package -> modules of it that may be imported a second time in one process."""
MODULES = {
    package: [f"{package}.{name}".rstrip(".") for name in names]
    for package, names in PACKAGES.items()
    if util.find_spec(package)
}


@dataclass
class Report:
    """What the threads did, by name, and what went wrong: empty when nothing did."""

    done: Counter[str] = field(default_factory=Counter)
    errors: list[str] = field(default_factory=list)


class Stress:
    """Runs the threads. `folder` is written to: the lake must be a copy."""

    def __init__(self, ground: Ground, folder: Path) -> None:
        self.ground, self.folder = ground, folder
        self.report, self.over = Report(), threading.Event()

    def run(self, seconds: float, readers: int = READERS) -> Report:
        """Let them work for so long, and until each kind has done something; the first error
        ends it."""
        with Lake.open(self.folder / "lake") as lake:
            works: list[Callable[[], None]] = [
                *(lambda n=n: self._read(lake, n) for n in range(readers)),
                lambda: self._import_facts(lake),
                self._import_modules,
            ]
            threads = [threading.Thread(target=self._until_over, args=(w,)) for w in works]
            for thread in threads:
                thread.start()
            self.over.wait(seconds)
            patient = time.monotonic() + PATIENCE
            while not self._enough() and time.monotonic() < patient:
                self.over.wait(0.1)
            self.over.set()
            for thread in threads:
                thread.join()
        return self.report

    def _enough(self) -> bool:
        return self.over.is_set() or all(self.report.done[kind] for kind in KINDS)

    def _until_over(self, work: Callable[[], None]) -> None:
        try:
            while not self.over.is_set():
                work()
        except Exception:  # noqa: BLE001 whatever it is, it is what is looked for
            self.report.errors.append(traceback.format_exc())
            self.over.set()

    def _read(self, lake: Lake, n: int) -> None:
        """Everything in one read is of one version, and what this thread binds is its own."""
        with lake.reading() as r:
            newest = r.newest_seq()
            self._own(r, n)
            if n % 2:
                with r.every_core():
                    self.report.errors.extend(chains(r))
            self.report.errors.extend(published_slates(r))
            later = "SELECT count(*) FROM league.player_game WHERE recorded_seq > $newest"
            assert (r.value(later, {"newest": newest}), r.newest_seq()) == (0, newest)
        self.report.done["reads"] += 1
        if self.report.errors:
            self.over.set()
        self.over.wait(PAUSE)

    @staticmethod
    def _own(r: Reader, n: int) -> None:
        mine = pl.DataFrame({"n": [n] * 100})
        r.register("mine", mine)
        r.bind({"whose": n})
        assert r.rows("SELECT DISTINCT n, getvariable('whose') FROM mine") == [(n, n)]
        assert r.query("SELECT n FROM mine WHERE n = $whose", {"whose": n}).equals(mine)
        r.unregister("mine")

    def _import_facts(self, lake: Lake) -> None:
        """A correction of some box scores, as a folder no import has seen."""
        n = self.report.done["imports"]
        target = self.folder / f"amended-{n}"
        amend(self.ground.parts[0], target, n % 97, n // 97 + 1)
        assert import_folder(lake, target).new_rows > 0
        self.report.done["imports"] += 1

    def _import_modules(self) -> None:
        """Each package as if for the first time: in between nobody may find it gone for good."""
        for names in MODULES.values():
            before = {name: sys.modules.pop(name) for name in names if name in sys.modules}
            time.sleep(0.001)
            for name in names:
                import_module(name)
                self.report.done["modules"] += 1
            # Those are whole: the new ones lack what they found already imported.
            sys.modules.update(before)
            for name, module in before.items():
                parent, _, child = name.rpartition(".")
                if parent:
                    setattr(sys.modules[parent], child, module)
            if self.over.is_set():
                return
