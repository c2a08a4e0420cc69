"""The packages of other people as a whole: every Python file in one, imported or not.

A module can be imported by a name that is computed, which no reading of imports sees. Of a folder
of loose modules that nothing joins, those count that are imported (fingerprint.py).
"""

from __future__ import annotations

import hashlib
import sys
from collections.abc import Sequence
from contextlib import suppress
from functools import cache
from importlib.util import find_spec
from pathlib import Path

from tipoff.hashing import content_id, file_sha256
from tipoff.kept import KeptAnswers
from tipoff.normal import normal_module

_KNOWN: dict[str, tuple[object, str]] = {}
"""Package -> the state of its files and their digest, so that no file is read twice."""


def package_digest(name: str) -> str | None:
    """The digest of all files of a package, by its top name; None for a module that is none."""
    folders = folders_of(name)
    if not folders:
        return None
    files = sorted((p.relative_to(f).as_posix(), p) for f in folders for p in f.rglob("*.py"))
    states = [(path, state(path)) for _, path in files]
    if _KNOWN.get(name, (None, ""))[0] != states:
        _KNOWN[name] = states, _digest(files)
    return _KNOWN[name][1]


def folders_of(name: str) -> list[Path]:
    """Where the modules of a package lie, also of one without `__init__.py`; none of a module."""
    with suppress(ImportError, ValueError):
        spec = find_spec(name)
        return [Path(place) for place in (spec and spec.submodule_search_locations) or ()]
    return []


def state(path: Path) -> tuple[int, int]:
    """What shows that a file of somebody else's changed: they edit it while this process goes on,
    and the process of a plug-in imports it as it then is."""
    stat = path.stat()
    return stat.st_mtime_ns, stat.st_size


@cache
def form() -> str:
    """What brings sources into their normal form: another form gives other digests."""
    here = Path(__file__).parent
    files = "".join(file_sha256(here / name) for name in ("normal.py", "hashing.py"))
    return f"{files} {sys.version_info[:2]}"


def _digest(files: Sequence[tuple[str, Path]]) -> str:
    # One answer is kept of all: of a large package one each would push out the others.
    sources = [(place, path.read_bytes()) for place, path in files]
    content = [(place, hashlib.sha256(source).hexdigest()) for place, source in sources]
    kept = KeptAnswers("package")
    digest = kept.get(
        content_id("package", [form(), content]),
        lambda: content_id("package", [(place, _normal(source)) for place, source in sources]),
    )
    kept.save()
    return str(digest)


def _normal(source: bytes) -> str:
    """The digest of a file: of its bytes where it is no Python."""
    try:
        return normal_module(source.decode(), own=False).digest
    except (SyntaxError, ValueError):
        return hashlib.sha256(source).hexdigest()
