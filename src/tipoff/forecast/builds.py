"""Builds: which code and which libraries made a set, stored once and named by every run."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from tipoff.fingerprint import SetCode, libraries
from tipoff.hashing import content_id
from tipoff.version import __version__

if TYPE_CHECKING:
    from tipoff.lake import Reader, Writer


@dataclass(frozen=True)
class Build:
    """The code of a set, tipoff's version and those of the libraries it ran on."""

    code: SetCode
    version: str = __version__
    libraries: Mapping[str, str] = field(default_factory=libraries)

    @property
    def build_id(self) -> str:
        """The hash of all of it."""
        return content_id("build", [self.version, self.libraries, self.code.to_json()])


def read_build(r: Reader, build_id: str | None) -> Build | None:
    """A stored build; None for none, as sets of the first edition have."""
    sql = "SELECT modules, version, python, libraries FROM ops.build WHERE build_id = $id"
    rows = r.rows(sql, {"id": build_id}) if build_id else []
    if not rows:
        return None
    modules, version, python, text = rows[0]
    return Build(SetCode.from_json(modules), version, {"python": python, **json.loads(text)})


def store_build(w: Writer, build: Build) -> None:
    """Store a build in this commit, once."""
    import polars as pl

    sql = "SELECT count(*) FROM ops.build WHERE build_id = $id"
    if w.value(sql, {"id": build.build_id}):
        return
    python = build.libraries["python"]
    others = {name: version for name, version in build.libraries.items() if name != "python"}
    row = {
        "build_id": build.build_id, "version": build.version, "python": python,
        "libraries": json.dumps(others, sort_keys=True), "modules": build.code.to_json(),
    }  # fmt: skip
    w.append("ops.build", pl.DataFrame([row]), key=("build_id",))


def other_code(build: Build | None, code_version: str) -> list[str]:
    """What of the code that made a set is other here, in words; empty when it was this code.

    `code_version`: what the set itself says, for sets of the first edition, which name no build.
    """
    if build is None:
        return [f"another build of tipoff, one that recorded no modules (code {code_version})"]
    changed = build.code.changed()
    some = ", ".join(changed[:5]) + (f" and {len(changed) - 5} more" if len(changed) > 5 else "")
    return [f"another build of tipoff ({build.version}), other code in {some}"] if changed else []


def other_libraries(build: Build | None) -> list[str]:
    """Libraries a set was made with that are of another version here."""
    here = libraries() if build else {}
    made_with = sorted(build.libraries.items()) if build else ()
    return [
        f"{name} {then}, here {here.get(name, 'none')}"
        for name, then in made_with
        if here.get(name) != then
    ]
