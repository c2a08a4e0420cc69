"""Where the module of a plug-in comes from, and importing it in this process or another.

A plug-in of a lake's tipoff.toml lies in a folder Python does not look in. That folder is first on
the path while its module is imported, and not afterwards, so that nothing else is found there.
Python keeps one module of a name: where another folder's has it already, this one is refused.
"""

from __future__ import annotations

import pickle
import runpy
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from importlib import import_module
from importlib.machinery import ModuleSpec
from pathlib import Path
from types import ModuleType
from typing import Any

from tipoff.errors import UsageError
from tipoff.fingerprint import CODE


@dataclass(frozen=True)
class Home:
    """A module and the folder it is imported from, none where Python finds it by itself. That of
    `__main__` is the script."""

    module: str
    folder: str | None = None


def home_of(thing: object) -> Home:
    """The home of an object that was passed in: the module of its class."""
    module = type(thing).__module__
    script = getattr(sys.modules.get(module), "__file__", None) if module == "__main__" else None
    return Home(module, script)


def import_from(home: Home) -> ModuleType:
    """Import a module from its folder. Raises UsageError when another module has its name already,
    or that of one it imports; whatever the module raises passes."""
    if home.module == "__main__":
        return _main(home.folder)
    with _first_on_path(home.folder):
        module = import_module(home.module)
        if home.folder is not None:
            _check_place(module, home.folder)
            _check_imports(home.module, home.folder)
    return module


def _check_place(module: ModuleType, folder: str) -> None:
    place = getattr(module, "__file__", None)
    if not (place and Path(place).is_relative_to(folder)):
        raise UsageError(
            f"{module.__name__} of {folder} cannot be imported: {place} has that name already",
            "rename the module, and the plug-in in tipoff.toml",
        )


def _check_imports(name: str, folder: str) -> None:
    """Raises UsageError when a module that the plug-in imports, of no library, is another than a
    process that knows no other plug-in would import: one of another plug-in's folder."""
    for each in CODE.closure([name], ("tipoff", "tipoff.*")):
        place, spec = getattr(sys.modules.get(each), "__file__", None), _afresh(each)
        origin = spec.origin if spec else None
        if place and not (origin and Path(origin).resolve() == Path(place).resolve()):
            raise UsageError(
                f"{name} imports {each} of {folder}, but {place} has that name in this process"
                " already",
                f"rename {each}, or open the two lakes in processes of their own",
            )


def _afresh(name: str) -> ModuleSpec | None:
    """What a name stands for on the path as it is now, whatever is imported already."""
    spec, place = None, None
    parts = name.split(".")
    for n in range(len(parts)):
        whole = ".".join(parts[: n + 1])
        specs = (finder.find_spec(whole, place) for finder in sys.meta_path)
        spec = next((s for s in specs if s is not None), None)
        place = spec.submodule_search_locations if spec else None
        if spec is None or (place is None and n + 1 < len(parts)):
            return None
    return spec


def restored(home: Home, pickled: bytes) -> Any:
    """An object from this user's other process: its module is imported from its home first."""
    import_from(home)
    return pickle.loads(pickled)  # noqa: S301 (from our own process, never from a file)


@contextmanager
def _first_on_path(folder: str | None) -> Iterator[None]:
    if folder is None:
        yield
        return
    sys.path.insert(0, folder)
    try:
        yield
    finally:
        sys.path.remove(folder)


def _main(script: str | None) -> ModuleType:
    """The module `__main__` with the names of a script that runs in another process: the script is
    run without what stands under `if __name__ == "__main__"`."""
    main = import_module("__main__")
    if script is not None and getattr(main, "__file__", None) != script:
        vars(main).update(runpy.run_path(script, run_name="__tipoff_plugin__"))
    return main
