"""Plug-ins: models, features and sources of one's own, and where they may come from.

- An installed distribution declares them as entry points of `tipoff.models`, `tipoff.features` or
  `tipoff.sources`.
- `plugins = ["my_models:Ridge"]` in a tipoff.toml: the one that TIPOFF_CONFIG or an argument names,
  else the one in the folder of a lake, else the one next to it, when that lake exists and was named
  by an argument, --lake or TIPOFF_LAKE. For a command that makes the named lake it counts before
  the lake is there, when it is this user's own. Modules are looked for in its folder first.
  Neither a tipoff.toml of the working folder counts, nor one beside the lake it names, nor one
  beside ./tipoff-lake: whoever enters a folder they were sent does not run what is in it.
- Objects passed in.

A plug-in is an instance, or a class that is made without arguments. A Model is described in
`tipoff.models.plugin.protocol`, a Feature in `tipoff.features.plugins`, a Source in
`tipoff.sources.plugins`.
"""

from __future__ import annotations

import os
import tomllib
from collections.abc import Iterable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from importlib.machinery import PathFinder
from pathlib import Path
from stat import S_IWGRP, S_IWOTH
from types import TracebackType
from typing import TYPE_CHECKING

from tipoff.errors import UsageError
from tipoff.installed import BROKEN, entry_points
from tipoff.settings import DEFAULT_CONFIG, named_config

if TYPE_CHECKING:
    from tipoff.models.plugin import Home


@dataclass(frozen=True)
class Declared:
    """A plug-in as it is named: `spec` is module:name, `where` who names it, `folder` where its
    module lies, None where Python finds it by itself."""

    spec: str
    where: str
    folder: str | None = None

    @property
    def home(self) -> Home:
        """Where its module is imported from."""
        from tipoff.models.plugin import Home

        return Home(self.spec.partition(":")[0], self.folder)


def load_plugins(
    lake: str | Path | None = None,
    objects: Iterable[object] = (),
    config: str | Path | None = None,
    *,
    create: bool = False,
) -> tuple[UsageError, ...]:
    """Make known to this process the plug-ins that are installed, those of a lake (its folder), and
    objects. Those it knows already change nothing.

    `lake`: a lake that somebody named, None for one by default. `config`: a tipoff.toml to read in
    place of the lake's. `create`: the lake is made when there is none. The answer: of each plug-in
    that cannot be loaded, why, and who named it; what needs it is refused, the rest works. Raises
    UsageError for a list that cannot be read or that others may change, and for an object that is
    no plug-in.
    """
    installed = [Declared(value, f"the distribution {owner}") for owner, value in entry_points()]
    named = Path(config) if config is not None else named_config()
    listed = _listed(named) if named is not None else _beside(lake, create)
    BROKEN.clear()
    imported: list[tuple[Declared, object]] = []
    for declared in (*installed, *listed):
        with _Loading(declared):
            imported.append((declared, _imported(declared)))
    # Models last: the features they name must be known by then, in whatever order they are listed.
    for declared, thing in sorted(imported, key=lambda pair: hasattr(pair[1], "fit")):
        with _Loading(declared):
            add_plugin(thing, declared.home)
    for thing in objects:
        add_plugin(thing)
    return tuple(BROKEN.values())


def add_plugin(thing: object, home: Home | None = None) -> None:
    """Register an object, or what its class makes, as the model, feature or source it is.

    `home`: where it was imported from. Raises UsageError when it is none of them.
    """
    from tipoff.models.plugin import is_model, register_model

    thing = _instance(thing)
    if is_model(thing):
        register_model(thing, home)  # type: ignore[arg-type]  # is_model looked at every part
        return
    # Only now: a lake with models alone does not pay for what the others import.
    from tipoff.features.plugins import PluginFeature, add_feature
    from tipoff.sources.plugins import Source, add_source

    if isinstance(thing, Source):
        add_source(thing)
    elif isinstance(thing, PluginFeature):
        add_feature(thing)
    else:
        raise UsageError(
            f"{thing!r} is no plug-in: a Model has name, markets, features, fit and load, a Source"
            " has name, tables and parse, a Feature is made by tipoff.features.plugins",
            "see docs/extend.md",
        )


class _Loading(AbstractContextManager[None]):
    """Around what loads a plug-in: whatever goes wrong is kept in BROKEN, and the others go on."""

    def __init__(self, declared: Declared) -> None:
        self._declared = declared

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, _: TracebackType | None
    ) -> bool:
        """Keep it, if it is an error."""
        from tipoff.failures import place_of

        if not isinstance(value, Exception):
            return False
        if isinstance(value, UsageError):
            # What to do is said with it: others' errors and doctor quote the message alone.
            why = f"{value.message}; {value.next_step}" if value.next_step else value.message
        else:
            why = f"{type(value).__name__}: {value}{place_of(value)}"
        text = (
            f"the plug-in {self._declared.spec} of {self._declared.where} cannot be loaded: {why}"
        )
        BROKEN[self._declared.spec] = UsageError(text, "mend it, or take it off the list")
        return True


def _imported(declared: Declared) -> object:
    from tipoff.models.plugin import import_from

    module, _, name = declared.spec.partition(":")
    if not module or not name:
        raise UsageError("it has no name", "name it as module:Name")
    return _instance(getattr(import_from(declared.home), name))


def _instance(thing: object) -> object:
    """An object, or what its class makes. Raises UsageError for a class that makes none."""
    from tipoff.failures import OthersCode

    if not isinstance(thing, type):
        return thing
    what = f"{thing.__qualname__} cannot be made without arguments"
    with OthersCode(lambda said: UsageError(f"{what}: {said}", "give it defaults")):
        return thing()


def _beside(lake: str | Path | None, create: bool) -> Sequence[Declared]:
    """The plug-ins that the tipoff.toml of a lake lists. One of somebody else's is passed over: in
    a folder that all may write to, anybody could lay one beside a lake. Beside a lake that is yet
    to be made there is no owner but this user whose word would count.

    Raises UsageError when others may change it, its folder, or a module it lists.
    """
    if lake is None or "://" in str(lake):
        return ()
    from tipoff.lake.backends import embedded_lake

    backend = embedded_lake(lake)
    there = backend.catalog.exists()
    if not there and not create:
        return ()
    folder = backend.root.resolve()
    owners = {os.geteuid(), *((0, folder.stat().st_uid) if there else ())}
    places = (folder / DEFAULT_CONFIG, folder.parent / DEFAULT_CONFIG)
    own = (p for p in places if p.is_file() and p.stat().st_uid in owners)
    config = next(own, None)
    listed = _listed(config) if config is not None else ()
    for declared in listed:
        _check_others_cannot_change(config, declared, owners)
    return listed


def _check_others_cannot_change(config: Path | None, declared: Declared, owners: set[int]) -> None:
    """Raises UsageError for a tipoff.toml, a folder or a module that is another user's, or that one
    may write to: others by its mode, or a group that is not this user's own."""
    top = declared.spec.partition(":")[0].partition(".")[0]
    spec = PathFinder.find_spec(top, [declared.folder]) if declared.folder else None
    module = Path(spec.origin) if spec and spec.origin else None
    for place in filter(None, (config, module, *(p.parent for p in (config, module) if p))):
        about = place.stat()
        shared = about.st_mode & S_IWGRP and about.st_gid not in {os.getegid(), 0}
        if about.st_uid not in owners or about.st_mode & S_IWOTH or shared:
            raise UsageError(
                f"{place} can be changed by others, so the plug-in {declared.spec} is not run",
                f"chmod go-w {place}, or name {config} with TIPOFF_CONFIG",
            )


def _listed(config: Path) -> Sequence[Declared]:
    """The plug-ins a tipoff.toml lists. Raises UsageError when it cannot be read, lists none but
    names them, or has settings that would not count."""
    try:
        whole = tomllib.loads(config.read_text("utf-8"))
    except (OSError, ValueError) as error:
        raise UsageError(f"{config} cannot be read: {error}", "mend or remove it") from error
    names = whole.pop("plugins", [])
    if whole and config.resolve() != (named_config() or Path(DEFAULT_CONFIG)).resolve():
        raise UsageError(
            f"{config} sets {', '.join(whole)}, but is read for its plug-ins alone",
            f"set TIPOFF_CONFIG to {config}, or leave nothing in it but `plugins`",
        )
    if not isinstance(names, list) or not all(isinstance(name, str) for name in names):
        raise UsageError(f"`plugins` of {config} is no list of texts", 'plugins = ["module:Name"]')
    return [Declared(name, str(config), str(config.resolve().parent)) for name in names]
