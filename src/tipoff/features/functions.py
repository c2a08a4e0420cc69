"""What a function is, as far as it can change a value: its source and all it names.

The normal form of its source (normal.py), and of every function and class of the same distribution
that it names; the values of constants it names; of modules from elsewhere their versions. Anything
else cannot be told from what it was yesterday, and is refused.
"""

from __future__ import annotations

import dis
import inspect
import sys
import textwrap
from collections.abc import Iterator, Mapping
from functools import cache
from importlib.metadata import PackageNotFoundError, packages_distributions, version
from types import BuiltinFunctionType, CodeType, FunctionType, ModuleType
from typing import Any

from tipoff.errors import UsageError
from tipoff.fingerprint import LIBRARIES
from tipoff.hashing import spell, text_id
from tipoff.normal import normal_module

_NAMING = frozenset({"LOAD_GLOBAL", "LOAD_NAME", "IMPORT_NAME"})
_PLAIN = (type(None), bool, int, float, str)


def code_of_function(function: FunctionType) -> str:
    """The hash of a function's code and of all it names. Raises UsageError when its source cannot
    be read, or when it names a value that has no content to hash."""
    forms = dict[str, str]()
    package = function.__module__.partition(".")[0]
    _gather(function, forms, function.__name__, package)
    return text_id("code", repr(sorted(forms.items())))


def _gather(value: Any, forms: dict[str, str], where: str, package: str) -> None:
    """Add the form of a value, and of all it names, under the name it is known by."""
    if isinstance(value, ModuleType):
        forms[value.__name__] = _module(value.__name__)
    elif _is_plain(value):
        forms[where] = spell(value)
    elif not isinstance(value, FunctionType | BuiltinFunctionType | type):
        raise UsageError(
            f"{where} is a {type(value).__name__}, whose content cannot be hashed",
            "let the function name constants, functions and modules only",
        )
    else:
        module = value.__module__ or "builtins"
        key = f"{module}.{value.__qualname__}"
        if key in forms:
            return
        if isinstance(value, BuiltinFunctionType) or not _ours(module, package):
            forms[key] = _module(module)
            return
        forms[key] = _source(value, where)
        for name, named in _named(value):
            _gather(named, forms, f"{where} > {name}", package)


def _ours(module: str, package: str) -> bool:
    """Whether a module's sources are read: of the function's own package, or of no distribution."""
    top = module.partition(".")[0]
    return top == package or not (
        top in sys.stdlib_module_names or top in LIBRARIES or top in _distributions()
    )


def _source(value: FunctionType | type, where: str) -> str:
    try:
        return normal_module(textwrap.dedent(inspect.getsource(value))).digest
    except (OSError, SyntaxError, TypeError) as error:
        raise UsageError(
            f"the source of {where} cannot be read: {error}",
            "define it with def in a file that is imported",
        ) from error


def _named(value: FunctionType | type) -> Iterator[tuple[str, Any]]:
    """What a function, or a class's methods, name outside themselves, with its value."""
    functions = [value] if isinstance(value, FunctionType) else [*_methods(value)]
    for function in functions:
        closed = inspect.getclosurevars(function).nonlocals
        yield from sorted(closed.items())
        for name in sorted({*_names(function.__code__)}):
            if name in function.__globals__:
                yield name, function.__globals__[name]
            elif name in sys.modules:
                yield name, sys.modules[name]
        yield from _defaults(function)


def _methods(kind: type) -> Iterator[FunctionType]:
    return (part for part in vars(kind).values() if isinstance(part, FunctionType))


def _defaults(function: FunctionType) -> Iterator[tuple[str, Any]]:
    parameters = inspect.signature(function).parameters.values()
    return ((p.name, p.default) for p in parameters if p.default is not p.empty)


def _names(code: CodeType) -> Iterator[str]:
    yield from (str(i.argval) for i in dis.get_instructions(code) if i.opname in _NAMING)
    for part in code.co_consts:
        if isinstance(part, CodeType):
            yield from _names(part)


def _module(name: str) -> str:
    """The version of a module from elsewhere; of Python and of the libraries tipoff itself runs on
    none: every build records theirs."""
    top = name.partition(".")[0]
    if top in sys.stdlib_module_names or top in LIBRARIES:
        return ""
    try:
        return version(_distributions()[top][0])
    except (KeyError, PackageNotFoundError) as error:
        raise UsageError(
            f"module {name} belongs to no installed distribution",
            "import the functions it names one by one, or install it as a package",
        ) from error


@cache
def _distributions() -> Mapping[str, list[str]]:
    return packages_distributions()


def _is_plain(value: Any) -> bool:
    if isinstance(value, tuple | list | frozenset | set):
        return all(_is_plain(part) for part in value)
    if isinstance(value, dict):
        return all(_is_plain(k) and _is_plain(v) for k, v in value.items())
    return isinstance(value, _PLAIN)
