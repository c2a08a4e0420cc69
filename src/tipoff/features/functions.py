"""What a function is, as far as it can change a value: the modules it is made of, and its values.

The normal form of its own source, of its whole module and the package that lies in, of every module
of no library that these import (fingerprint.py), and the versions of the libraries they import. A
module counts as a whole, because what a function does follows from decorators, base classes and
imports that its own lines do not show. Values it names or closes over count as they are: constants
by what they hold, functions by their source. Anything else cannot be compared with what it was
yesterday, and is refused.
"""

from __future__ import annotations

import dis
import inspect
import sys
import textwrap
from collections.abc import Iterator
from types import BuiltinFunctionType, CodeType, FunctionType, ModuleType
from typing import Any

from tipoff.errors import UsageError
from tipoff.fingerprint import CODE, LIBRARIES, LIBRARY
from tipoff.hashing import text_id
from tipoff.installed import library_version
from tipoff.normal import normal_module

_TIPOFF = "tipoff"
_NAMING = frozenset({"LOAD_GLOBAL", "LOAD_NAME", "IMPORT_NAME"})
_PLAIN = (type(None), bool, int, float, str)


def code_of_function(function: FunctionType) -> str:
    """The hash of a function's code and of all it is made of. Raises UsageError when its source
    cannot be read, or when it names a value that has no content to hash."""
    forms = dict[str, str]()
    package = function.__module__.partition(".")[0]
    _gather(function, forms, function.__name__, package)
    return text_id("code", repr(sorted(forms.items())))


def _gather(value: Any, forms: dict[str, str], where: str, package: str) -> None:
    """Add the form of a value, and of all it names, under the name it is known by."""
    if isinstance(value, ModuleType):
        _add_module(value.__name__, forms, package)
    elif _is_plain(value):
        forms[where] = _content(value)
    elif not isinstance(value, FunctionType | BuiltinFunctionType | type):
        raise UsageError(
            f"{where} is a {type(value).__name__}, whose content cannot be hashed",
            "let the function name constants, functions and modules only",
        )
    else:
        module = value.__module__ or "builtins"
        _add_module(module, forms, package)
        if isinstance(value, BuiltinFunctionType) or not _is_read(module, package):
            return
        form = _source(value, where)
        # Two lambdas of a module have one name.
        key = f"{module}.{value.__qualname__} {form}"
        if key in forms:
            return
        forms[key] = form
        for name, named in _named(value):
            _gather(named, forms, f"{where} > {name}", package)


def _add_module(name: str, forms: dict[str, str], package: str) -> None:
    """Add the digests of a module and of all it imports, or the version of its library."""
    top = name.partition(".")[0]
    if name in forms:
        return
    if top == _TIPOFF:
        forms |= CODE.closure([name])
    elif _is_read(name, package):
        # What a plug-in imports of tipoff to declare itself changes no value.
        closure = CODE.closure([name], (_TIPOFF, f"{_TIPOFF}.*"))
        libraries = set[str]().union(*map(CODE.libraries, closure)) - {*LIBRARIES}
        forms |= closure | {f"{LIBRARY}{each}": library_version(each) for each in libraries}
        if top == package:
            forms |= CODE.packages([name])
    else:
        forms[name] = _version(name)


def _is_read(module: str, package: str) -> bool:
    """Whether a module's sources are read: of the function's own package, or of no library."""
    top = module.partition(".")[0]
    return top == package or (top != _TIPOFF and CODE.is_source(module))


def _source(value: FunctionType | type, where: str) -> str:
    try:
        own = value.__module__.partition(".")[0] == _TIPOFF
        return normal_module(textwrap.dedent(inspect.getsource(value)), own=own).digest
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


def _version(name: str) -> str:
    """The version of a library's module; of Python and of the libraries tipoff itself runs on
    none: every build records theirs."""
    top = name.partition(".")[0]
    if top in sys.stdlib_module_names or top in LIBRARIES:
        return ""
    installed = library_version(top)
    if not installed:
        raise UsageError(
            f"module {name} belongs to no installed distribution",
            "import the functions it names one by one, or install it as a package",
        )
    return installed


def _content(value: Any) -> str:
    """A constant as text: the same in every process, whatever the order of its sets."""
    if isinstance(value, frozenset | set):
        return f"set {sorted(map(_content, value))}"
    if isinstance(value, dict):
        return f"dict {[(_content(k), _content(v)) for k, v in value.items()]}"
    if isinstance(value, tuple | list):
        return f"{type(value).__name__} {[*map(_content, value)]}"
    return repr(value)


def _is_plain(value: Any) -> bool:
    if isinstance(value, tuple | list | frozenset | set):
        return all(_is_plain(part) for part in value)
    if isinstance(value, dict):
        return all(_is_plain(k) and _is_plain(v) for k, v in value.items())
    return isinstance(value, _PLAIN)
