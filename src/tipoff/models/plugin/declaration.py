"""What a plug-in declares of itself, and what of it cannot be used."""

from __future__ import annotations

import json
import re
from typing import Any

from tipoff.errors import UsageError
from tipoff.installed import with_broken_plugins
from tipoff.markets import MARKETS, checked_market
from tipoff.models.names import monthly
from tipoff.models.plugin.protocol import Model
from tipoff.suggest import did_you_mean, nearest

_ELSEWHERE = ("name", "markets", "features", "optional")
"""Attributes that are no parameters."""
_PYTHON_CLASS = 1 << 9
"""The flag of a class that is written in Python (Py_TPFLAGS_HEAPTYPE)."""
_NAME = re.compile(r"[a-z][a-z0-9_]*")


def declared(model: Model) -> dict[str, Any]:
    """What a model declares of itself, as JSON has it. Raises UsageError for what it has not."""
    own = getattr(model, "parameters", None)
    values = {
        "markets": list(model.markets), "features": list(model.features),
        "optional": list(getattr(model, "optional", ())),
        "parameters": _attributes(model) if own is None else dict(own),
    }  # fmt: skip
    try:
        restored: dict[str, Any] = json.loads(json.dumps(values, sort_keys=True))
    except (TypeError, ValueError) as error:
        raise UsageError(
            f"the parameters of {model.name} are not JSON values: {error}",
            "give it `parameters`, which names them",
        ) from error
    return restored


def _attributes(model: Model) -> dict[str, Any]:
    """The public attributes of a model: those of its dictionary, slots and named fields.

    Raises UsageError when some of what it holds cannot be seen: versions that differ in it would
    pass for one another.
    """
    python = [kind for kind in type(model).__mro__ if kind.__flags__ & _PYTHON_CLASS]
    slots = [kind.__dict__["__slots__"] for kind in python if "__slots__" in kind.__dict__]
    fields = getattr(model, "_fields", ())
    hidden = {*type(model).__mro__} - {*python, object, *([tuple] if fields else [])}
    if hidden or not (slots or hasattr(model, "__dict__")):
        raise UsageError(
            f"what {model.name} holds as a {type(model).__qualname__} cannot be seen",
            "give it `parameters`, which names what its fits hang on",
        )
    names = [n for s in slots for n in ([s] if isinstance(s, str) else s)]
    names += [*fields, *getattr(model, "__dict__", {})]
    public = (n for n in names if n[0] != "_" and n not in _ELSEWHERE and hasattr(model, n))
    return {name: getattr(model, name) for name in public}


def check(model: Model) -> None:
    """Raises UsageError naming what of a model cannot be used."""
    kind, name, markets = type(model).__qualname__, model.name, tuple(model.markets)
    if not isinstance(name, str) or not _NAME.fullmatch(name) or monthly(name):
        raise UsageError(
            f"a model of {kind} cannot be called {name!r}",
            "use small letters, digits and underscores, not ending in _YYYY_MM",
        )
    for part in ("markets", "features"):
        if isinstance(getattr(model, part), str) or not tuple(getattr(model, part)):
            raise UsageError(f"{part} of {name} is no list of names", f"list its {part}")
    for market in (m for m in markets if m not in MARKETS):
        known = checked_market(market)
        raise UsageError(f"{name} predicts {market!r}", f"call it {known}, as `fit` is told it")
    try:
        _ = [text.format(market="") for text in _named_features(model)]
    except (AttributeError, LookupError, ValueError) as error:
        raise UsageError(
            f"the features of {name} cannot be read: {error}", "only {market} stands for something"
        ) from error


def check_features(model: Model) -> None:
    """Raises UsageError for a feature that nobody declared, with the nearest ones. Here and not in
    `check`: a worker of a backtest knows no features of plug-ins."""
    from tipoff.features.catalogue import current

    known, waiting = current().features, current().waiting
    reads = {text.format(market=m) for text in _named_features(model) for m in model.markets}
    for feature in sorted(reads - known.keys()):
        ask = did_you_mean(nearest(feature, known))
        why = f", which {waiting[feature]}" if feature in waiting else ""
        raise with_broken_plugins(
            UsageError(
                f"{model.name} reads {feature!r}{why or ', which is no feature'}",
                ask or "docs/features.md lists them; one of your own has to be listed as a plug-in",
            )
        )


def _named_features(model: Model) -> tuple[str, ...]:
    return (*model.features, *getattr(model, "optional", ()))
