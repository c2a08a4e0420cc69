"""The fingerprint: everything of the code that can change a number, found from what executes.

From the module that makes a set, imports are followed to every module of tipoff on the way, each
hashed in its normal form (normal.py). Two things are parts of their own: a model family's code
counts for sets in which it predicts, and a market's declaration for sets that hold it. What defines
a feature is compared column by column, by definition hash (features/analysis.py); libraries are
recorded (`libraries`), and named by `reproduce`, but supersede nothing.
"""

from __future__ import annotations

import hashlib
import json
import platform
import sys
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass, field
from fnmatch import fnmatchcase
from functools import cache, cached_property
from importlib.util import find_spec
from pathlib import Path

from tipoff.hashing import content_id, normal_sql, text_id
from tipoff.installed import library_version
from tipoff.kept import KeptAnswers
from tipoff.lake.tables import KEYS
from tipoff.markets import MARKETS, parts_of
from tipoff.normal import Import, NormalModule, normal_module
from tipoff.packages import folders_of, form, package_digest, state

FEATURES = (
    "tipoff.features.build", "tipoff.lake.asof", "tipoff.lake.reader", "tipoff.lake.session",
)  # fmt: skip
"""What makes feature values."""
DEFINITIONS = ("tipoff.features.catalogue", "tipoff.lake.asof")
"""What declares features and reads what they mean."""
RUN = ("tipoff.forecast.slate", "tipoff.forecast.build", *FEATURES)
"""What makes a prediction set."""

_STORES = "stores rows and files as they are; which rows count says asof.py, a root"
_DEFINED = "defines features, which are compared column by column"
NO_NUMBER: dict[str, str] = {
    "tipoff.errors": "what errors say, and exit codes",
    "tipoff.texts": "what a terminal may be shown",
    "tipoff.gates": "a register: the gates themselves lie where they are declared",
    "tipoff.clock": "the moment a set is true of is stored with it",
    "tipoff.settings": "the values in force are stored with every run and compared",
    "tipoff.fingerprint": "names code",
    "tipoff.normal": "names code",
    "tipoff.forecast.builds": "names code",
    "tipoff.installed": "names versions",
    "tipoff.results": "what answers look like",
    "tipoff.results.*": "what answers look like",
    "tipoff.kept": "keeps answers by what they were made from",
    "tipoff.lake.connection": "opens lakes and retries; what a session computes with is a root",
    "tipoff.lake.writer": _STORES,
    "tipoff.lake.migrations": _STORES,
    "tipoff.lake.foreign": "says what DuckDB's errors mean",
    "tipoff.lake.extensions": "finds DuckDB's extensions; their version is a library's",
    "tipoff.lake.files": _STORES,
    "tipoff.lake.references": "says what refers to what",
    "tipoff.lake.health": "checks what is stored",
    "tipoff.lake.maintenance": "merges files, whose rows stay",
    "tipoff.lake.backends": _STORES,
    "tipoff.lake.backends.*": _STORES,
    "tipoff.lake.tables": "natural keys are parts of their own",
    "tipoff.lake.tables.*": "natural keys are parts of their own",
    "tipoff.features.families.*": _DEFINED,
    "tipoff.models.families": "lists the families; each is a part of its own",
    "tipoff.features.relations": _DEFINED,
    "tipoff.features.rosters": _DEFINED,
    "tipoff.features.absence": _DEFINED,
    "tipoff.features.windows": _DEFINED,
    "tipoff.features.definition": _DEFINED,
    "tipoff.features.catalogue": _DEFINED,
    "tipoff.features.sets": "a model stores the names it reads",
    "tipoff.features.analysis": "names definitions",
    "tipoff.features.established": "names definitions",
    "tipoff.features.reading": "names definitions",
    "tipoff.features.columns": "names definitions",
    "tipoff.features.scope": "names definitions",
    "tipoff.features.sqltree": "names definitions",
    "tipoff.features.lineage": "lists source rows",
    "tipoff.features.plugins": _DEFINED,
    "tipoff.features.history": _DEFINED,
    "tipoff.features.external": _DEFINED,
    "tipoff.features.functions": "names code",
}
"""Modules on the way that are left out, `.*` for all of a package, and why each may be."""
NO_FIT = (*NO_NUMBER, "tipoff.models.registry", "tipoff.models.governance")
"""The same for the code of a family, whose versions others store and give roles."""

NO_DEFINITION = ("tipoff.errors", "tipoff.texts", "tipoff.gates", "tipoff.clock", "tipoff.lake.*")
"""Modules among those of DEFINITIONS that can change no definition."""

OWN_FEATURES: dict[str, str] = {}
"""Features of plug-ins in this process -> hash of what they declare (features/plugins.py)."""
_OWN = "feature:"

VIEWS = "lake/views.sql"
_NAMES = ("label", "aliases")
"""Parts of a market that only say what people call it."""

LIBRARY = "library "
"""How a library is named among the modules of a family from elsewhere."""
FILES = "files of "
"""How all files of a package are named there, imported or not."""
_INSTALLED = ("site-packages", "dist-packages")
"""Folders whose modules belong to libraries."""
LIBRARIES = ("duckdb", "numpy", "polars", "scipy", "lightgbm", "catboost", "sqlglot")
"""Libraries whose version may change a last bit."""


class Code:
    """The sources of tipoff below a folder, read as far as anything asks for them."""

    def __init__(self, root: Path) -> None:
        self._root = root
        self._read: dict[str, NormalModule] = {}
        self._states: dict[str, tuple[Path | int, ...]] = {}
        self._kept: KeptAnswers | None = None

    @cached_property
    def _files(self) -> dict[str, Path]:
        above = self._root.parent
        paths = {p.relative_to(above).with_suffix("").parts: p for p in self._root.rglob("*.py")}
        return {".".join(parts).removesuffix(".__init__"): p for parts, p in paths.items()}

    def closure(self, roots: Sequence[str], but: Iterable[str] = ()) -> dict[str, str]:
        """Every module of tipoff that `roots` import, they included -> digest, by name; not those
        of `but` (by default NO_NUMBER), unless they are roots themselves."""
        left_out, digests, pending = tuple(but) or tuple(NO_NUMBER), dict[str, str](), list(roots)
        while pending:
            name = pending.pop()
            outside = name not in roots and any(fnmatchcase(name, no) for no in left_out)
            module = None if name in digests or outside else self._module(name)
            if module is None:
                continue
            digests[name] = self._with_imports(name, module)
            pending += [m for taken in module.imports if (m := self.imported(taken, name))]
        self.keep()
        return dict(sorted(digests.items()))

    def keep(self) -> None:
        """Keep the normal forms made since."""
        if self._kept is not None:
            self._kept.save()

    def digest(self, name: str) -> str | None:
        """A module's digest, None when there is no such module."""
        if name.startswith(LIBRARY):
            return library_version(name.removeprefix(LIBRARY))
        if name.startswith(FILES):
            return package_digest(name.removeprefix(FILES))
        module = self._module(name)
        return self._with_imports(name, module) if module else None

    def packages(self, names: Iterable[str]) -> dict[str, str]:
        """Of modules outside tipoff, each package they lie in: `files of NAME` -> a digest of all
        its Python files, because a module can also be imported by a name that is computed."""
        tops = {name.partition(".")[0] for name in names} - {self._root.name}
        digests = {f"{FILES}{top}": package_digest(top) for top in sorted(tops)}
        return {name: digest for name, digest in digests.items() if digest is not None}

    def libraries(self, name: str) -> set[str]:
        """The libraries a module from elsewhere imports, by the first part of their names; those of
        tipoff's own modules are in LIBRARIES, and those of Python come with it."""
        module = self._module(name)
        if module is None or self._follows(name, self._root.name):
            return set()
        origins = (self._origin(taken, name).module for taken in module.imports)
        others = {origin.partition(".")[0] for origin in origins if not self._follows(origin, name)}
        return others - sys.stdlib_module_names

    def _with_imports(self, name: str, module: NormalModule) -> str:
        """The digest of a module and of where the names it imports come from: a package that hands
        on another function under the same name is other code."""
        origins = [self._origin(i, name) for i in module.imports]
        places = [f"{self._place(origin, name)}:{origin.name}" for origin in origins]
        return text_id("module", repr([module.digest, places]))

    def imported(self, taken: Import, by: str) -> str | None:
        """The module that a name comes from, through what packages hand on; None outside tipoff and
        outside the package of `by`, the module that imports it."""
        return self._place(self._origin(taken, by), by)

    def _place(self, origin: Import, by: str) -> str | None:
        if not self._follows(origin.module, by):
            return None
        below = f"{origin.module}.{origin.name}"
        return below if origin.name and self._path(below) is not None else origin.module

    def _follows(self, module: str, by: str) -> bool:
        top, own = module.partition(".")[0], by.partition(".")[0]
        return top in (self._root.name, own) or (own != self._root.name and self.is_source(top))

    def is_source(self, name: str) -> bool:
        """Whether a module outside tipoff is somebody's source, and not of a library or Python."""
        top = name.partition(".")[0]
        if top in sys.stdlib_module_names and top != "__main__":
            return False
        path = self._path(name)
        places = [path] if path is not None else folders_of(top)
        return bool(places) and not any(set(_INSTALLED) & set(place.parts) for place in places)

    def _origin(self, taken: Import, by: str) -> Import:
        """The name as the module that defines it has it."""
        dots = len(taken.module) - len(taken.module.lstrip("."))
        if dots:
            path, parts = self._path(by), by.split(".")
            up = dots - (path is not None and path.stem == "__init__")
            below = taken.module.lstrip(".")
            package = parts[: len(parts) - up]
            taken = Import(".".join([*package, below] if below else package), taken.name)
        if not self._follows(taken.module, by):
            return taken
        if not taken.name or self._path(f"{taken.module}.{taken.name}") is not None:
            return taken
        module = self._module(taken.module)
        handed_on = module.names.get(taken.name) if module else None
        return taken if handed_on is None else self._origin(handed_on, taken.module)

    def _module(self, name: str) -> NormalModule | None:
        path = self._path(name)
        if path is None:
            return None  # a module from elsewhere may be found later, once it is imported
        own = name.partition(".")[0] == self._root.name
        seen = (path, *(() if own else state(path)))
        if name not in self._read or self._states[name] != seen:
            self._read[name], self._states[name] = self._normal(path, own), seen
        return self._read[name]

    def _normal(self, path: Path, own: bool) -> NormalModule:
        self._kept = self._kept or KeptAnswers("code")
        source = path.read_bytes()
        whose = "" if own else "of others "
        key = text_id("source", form() + whose + hashlib.sha256(source).hexdigest())
        make = lambda: asdict(normal_module(source.decode(), own=own))  # noqa: E731
        return NormalModule.of(self._kept.get(key, make))

    def _path(self, name: str) -> Path | None:
        if name.partition(".")[0] != self._root.name:
            # A family of somebody else's: its own files, found where Python finds them.
            with suppress(ImportError, ValueError):
                spec = find_spec(name) if name != "__main__" else None
                file = spec.origin if spec else getattr(sys.modules.get(name), "__file__", None)
                return Path(file) if file and file.endswith(".py") else None
            return None
        return self._files.get(name)


CODE = Code(Path(__file__).parent)


@cache
def features_code() -> str:
    """The hash of the code that makes feature values; what defines them is hashed with each."""
    return content_id("code", CODE.closure(FEATURES))


@dataclass(frozen=True)
class SetCode:
    """The code that makes a prediction set, part by part.

    `modules`: those that execute whoever predicts; `families`: those of each family that does;
    `declarations`: each market of it, the natural key of each fact table and the lake's views. No
    part of the fingerprint, because features are compared one by one: `definitions`, modules and
    plug-ins that declare features; `judged`, how each feature's values are judged. Nor is
    `declared`, the markets there are, in the set or not.
    """

    modules: Mapping[str, str]
    families: Mapping[str, Mapping[str, str]]
    declarations: Mapping[str, str]
    definitions: Mapping[str, str]
    declared: Sequence[str] = ()
    judged: Mapping[str, str] = field(default_factory=dict)

    @property
    def fingerprint(self) -> str:
        """The hash of all that can change a number of the set."""
        return content_id("code", [self.modules, self.families, self.declarations])

    def to_json(self) -> str:
        """The form a lake stores."""
        return json.dumps(asdict(self), sort_keys=True)

    @classmethod
    def from_json(cls, text: str) -> SetCode:
        """The code of that stored form."""
        return cls(**json.loads(text))

    def changed(self) -> list[str]:
        """Modules, markets and keys that are no more what they were when the set was made, sorted.
        None: the fingerprint is the same, because no module joins the way while all stay."""
        parts = (self.modules, *self.families.values())
        then = {name: digest for part in parts for name, digest in part.items()}
        moved = [name for name, digest in then.items() if CODE.digest(name) != digest]
        declared = [n for n, text in self.declarations.items() if _declaration(n) != text]
        CODE.keep()
        return sorted({*moved, *declared})

    def declares_the_same(self) -> bool:
        """Whether no module that declares features changed, so that no definition can have."""
        return all(_defines(name) == digest for name, digest in self.definitions.items())


def family_code(modules: Sequence[str], libraries: Iterable[str] = ()) -> dict[str, str]:
    """The code of a family made by `modules`: every module on the way -> digest. Of one from
    elsewhere also its packages whole, every library it imports, and of `libraries`:
    `library NAME` -> version."""
    closure = CODE.closure(modules, NO_FIT)
    known = {*libraries}.union(*(CODE.libraries(name) for name in closure))
    versions = {f"{LIBRARY}{name}": library_version(name) for name in sorted(known)}
    return closure | CODE.packages(modules) | versions


def set_code(
    families: Mapping[str, Mapping[str, str]], markets: Iterable[str], roots: Sequence[str] = RUN
) -> SetCode:
    """The code of a set: `families` that predict in it -> the code of each (`family_code`), and its
    markets. `roots`: the modules that make it."""
    held = [name for name in markets if name in MARKETS]
    return SetCode(
        CODE.closure(roots),
        dict(sorted(families.items())),
        {name: _declaration(name) for name in sorted({*held, *parts_of(*held), *KEYS, VIEWS})},
        CODE.closure(DEFINITIONS, NO_DEFINITION)
        | {f"{_OWN}{name}": declared for name, declared in OWN_FEATURES.items()},
        sorted(MARKETS),
    )


def _defines(name: str) -> str | None:
    """The digest of a module that declares features, or of what a plug-in declares."""
    if name.startswith(_OWN):
        return OWN_FEATURES.get(name.removeprefix(_OWN))
    return CODE.digest(name)


def _declaration(name: str) -> str:
    """The hash of a market, of the key of a fact table or of the lake's views; empty when there is
    none so called."""
    if name in KEYS:
        return content_id("key", KEYS[name])
    if name == VIEWS:
        return text_id("views", normal_sql((Path(__file__).parent / VIEWS).read_text("utf-8")))
    if name not in MARKETS:
        return ""
    declared = asdict(MARKETS[name])
    return content_id("market", {k: v for k, v in declared.items() if k not in _NAMES})


def code_id(module: str) -> str:
    """The hash of a module and all it imports, as far as it can change a number."""
    return content_id("code", CODE.closure([module], NO_FIT))


def libraries() -> dict[str, str]:
    """Library -> version installed, Python among them; what is not installed is left out."""
    # Only here: importing it takes longer than the rest of a look whether anything is to do.
    from importlib.metadata import PackageNotFoundError, version

    versions = {"python": platform.python_version()}
    for name in LIBRARIES:
        with suppress(PackageNotFoundError):
            versions[name] = version(name)
    return versions
