"""The family of a model of one's own: its versions are trained, judged and loaded like any other's.

A fold and a version are made from the plug-in's source with all of its own that it imports and its
package, its parameters, and the versions of the libraries it imports: change one, and both are
others.
"""

from __future__ import annotations

import json
import pickle
import re
import sys
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import polars as pl

from tipoff.errors import ArtifactError, PluginFailed, UsageError
from tipoff.fingerprint import CODE, LIBRARY, family_code
from tipoff.hashing import content_id
from tipoff.markets import MARKETS
from tipoff.models.contract import make_contract
from tipoff.models.data import TrainingData
from tipoff.models.dispersion import MIN_ROWS, Dispersion, estimate
from tipoff.models.evaluation import newest_rows
from tipoff.models.families import FAMILIES, register
from tipoff.models.family import ModelFamily, Progress, silent
from tipoff.models.golden import finished, make_golden
from tipoff.models.manifest import Manifest, Scalar, make_manifest
from tipoff.models.model import column
from tipoff.models.names import Spec, monthly
from tipoff.models.plugin.bundle import unbundled
from tipoff.models.plugin.homes import Home, home_of
from tipoff.models.plugin.model import PluginModel, checked_answer
from tipoff.models.plugin.process import Process, unpacked
from tipoff.models.plugin.protocol import Model
from tipoff.models.plugin.worker import Fit, Predict, Types, Worker
from tipoff.settings import settings

PREFIX = "plugin:"
TYPES = "types"
"""The parameter of a manifest that names the types an artifact may make."""
_ELSEWHERE = ("name", "markets", "features", "optional")
"""Attributes that are no parameters."""
_PYTHON_CLASS = 1 << 9
"""The flag of a class that is written in Python (Py_TPFLAGS_HEAPTYPE)."""
_NAME = re.compile(r"[a-z][a-z0-9_]*")


class PluginFamily(ModelFamily[PluginModel]):
    """The family of one plug-in: its models are the plug-in's name, and its monthly refits."""

    suffix = "plugin"
    role = "shadow"
    apart = True

    def __init__(self, model: Model, home: Home | None = None) -> None:
        """Raises UsageError naming what of the model cannot be used."""
        self.model, self.home = model, home or home_of(model)
        _check(model)
        self._declared = _declared(model)
        self.name = f"{PREFIX}{model.name}"
        self.specs = {model.name: Spec(model.name, self.name)}
        self.monthly = (model.name,)
        self._answers = Worker(model, self.home)
        self.process = Process(model.name, self._pickled)

    def __reduce__(self) -> tuple[Any, ...]:
        return _family, (self._answers, self.home)

    def same(self, other: PluginFamily) -> bool:
        """Whether another is this very plug-in: of the same class, with the same parameters."""
        return type(self.model) is type(other.model) and self._declared == other._declared

    @property
    def modules(self) -> tuple[str, ...]:
        """That of this family, that of the plug-in, and those it is made of that are source."""
        own = type(self.model).__module__
        parts = (name for name in self._made_of if _top(name) == _top(own) or CODE.is_source(name))
        return tuple(sorted({__name__, own, *parts}))

    @property
    def libraries(self) -> tuple[str, ...]:
        """Those it is made of."""
        return tuple(sorted({_top(n) for n in self._made_of} - {_top(n) for n in self.modules}))

    def covers(self, spec: Spec) -> tuple[str, ...]:
        """Those it names."""
        return tuple(m for m in MARKETS if m in self.model.markets)

    def names(self, spec: Spec, markets: Sequence[str]) -> tuple[str, ...]:
        """Its features in those markets."""
        return tuple(dict.fromkeys(n for m in markets for n in self._names(m)))

    def parameters(self, spec: Spec) -> Mapping[str, Any]:
        """Its own, and the versions of the libraries it imports."""
        code = family_code(self.modules, self.libraries)
        return self._declared | {n: v for n, v in code.items() if n.startswith(LIBRARY)}

    def fit(
        self, spec: Spec, markets: Sequence[str], data: TrainingData, progress: Progress = silent
    ) -> PluginModel:
        """One fit per market, on rows with every required feature.

        A market with too few rows is left out. Raises UsageError when all are, PluginFailed when
        the plug-in raises, or answers with no numbers.
        """
        from tipoff.features import definition_hashes

        names = {m: self._names(m) for m in markets}
        optional = {n.format(market=m) for n in self._declared["optional"] for m in markets}
        contract = make_contract(names, definition_hashes(), optional)
        parts, shapes = dict[str, bytes](), dict[str, Dispersion]()
        for market in markets:
            progress(f"{spec.model}: fitting {market}")
            rows = data.frame.drop_nulls([*contract.required(market), f"y_{market}"])
            fitted = self._fit_market(market, TrainingData(rows, data.through))
            if fitted is not None:
                parts[market] = fitted[0]
                shapes |= {market: fitted[1]} if fitted[1] else {}
        if not parts:
            raise UsageError(
                f"too few of {data.frame.height} player-games through {data.through} have every"
                f" required feature, {MIN_ROWS} of the newest fifth are needed",
                "choose a later --through",
            )
        manifest = make_manifest(
            spec.model, self.name, contract, data, [f"y_{m}" for m in markets], __name__,
            markets=parts, parameters=self._recorded(spec, parts), dispersion=shapes,
        )  # fmt: skip
        code = content_id("code", family_code(self.modules, self.libraries))
        manifest = manifest.model_copy(update={"code_version": code})
        model = PluginModel(manifest, parts, self.process)
        return finished(model, make_golden(model, data.frame))

    def load(self, manifest: Manifest, artifact: bytes | None) -> PluginModel:
        """Raises ArtifactError when the file lacks a market, or loading it makes other types than
        its manifest names."""
        if artifact is None:
            raise ArtifactError(f"{manifest.model} ({manifest.model_id}) has no artifact")
        parts = unbundled(artifact)
        if set(parts) != set(manifest.markets):
            raise ArtifactError(f"the artifact of {manifest.model} is of the markets {list(parts)}")
        named, there = manifest.parameters.get(TYPES), self._types(parts)
        if named != there:
            raise ArtifactError(
                f"the artifact of {manifest.model} makes objects of {there}, its manifest names"
                f" {named}",
                f"train {manifest.model} again",
            )
        return PluginModel(manifest, parts, self.process)

    def _fit_market(
        self, market: str, data: TrainingData
    ) -> tuple[bytes, Dispersion | None] | None:
        """What the fit dumped, and the dispersion of what it answers, None for pmfs."""
        held = newest_rows(data)
        if held.sum() < MIN_ROWS:
            return None
        x = data.frame.select(pl.col(self._names(market)).cast(pl.Float64))
        y, keep = column(data.frame, f"y_{market}"), pl.Series(~held)
        earlier = self.process.ask(Fit(x.filter(keep), y[~held], market), None)
        asked = Predict(earlier, x.filter(~keep))
        answer = unpacked(self.process.ask(asked, settings().plugin_seconds))
        mean = checked_answer(self.model.name, market, answer, int(held.sum()))
        shape = None
        if mean.ndim == 1:
            shape = estimate(mean, np.maximum(mean, 0.0), y[held])
            if shape is None:
                return None
        return self.process.ask(Fit(x, y, market), None), shape

    def _names(self, market: str) -> tuple[str, ...]:
        return tuple(name.format(market=market) for name in self.model.features)

    @property
    def _made_of(self) -> set[str]:
        objects = getattr(self.model, "made_of", ())
        modules = (getattr(t, "__module__", None) or type(t).__module__ for t in objects)
        return {name for name in modules if _top(name) not in sys.stdlib_module_names}

    def _recorded(self, spec: Spec, parts: Mapping[str, bytes]) -> dict[str, Scalar]:
        """The parameters a manifest holds, those that are no scalars as JSON text: markets and
        features are in its contract."""
        known, types = self.parameters(spec), self._types(parts)
        flat = known["parameters"] | {n: v for n, v in known.items() if n.startswith(LIBRARY)}
        return {
            name: value if isinstance(value, float | int | str | bool) else json.dumps(value)
            for name, value in (flat | ({} if types is None else {TYPES: types})).items()
        }

    def _types(self, parts: Mapping[str, bytes]) -> str | None:
        if not hasattr(self.model, "types"):
            return None
        seconds = settings().plugin_seconds
        answers = [self.process.ask(Types(part), seconds).decode() for part in parts.values()]
        return ", ".join(sorted({name for answer in answers for name in answer.splitlines()}))

    def _pickled(self) -> bytes:
        try:
            return pickle.dumps(self._answers)
        except (AttributeError, TypeError, pickle.PicklingError) as error:
            raise PluginFailed(
                f"{self.model.name} cannot be sent to the process it runs in: {error}",
                "declare its classes and functions at the top of a module",
            ) from error


def register_model(model: Model, home: Home | None = None) -> PluginFamily:
    """The family of a model, known to this process from now on: trained by its name, a shadow.

    The same plug-in again changes nothing; one of the same class with other parameters takes its
    place. Raises UsageError naming what of it cannot be used, or who has its name already.
    """
    family = PluginFamily(model, home)
    known = FAMILIES.get(family.name)
    if isinstance(known, PluginFamily) and _kind(known.model) == _kind(model):
        if not known.same(family):
            known.process.close()
            FAMILIES[family.name] = family
            return family
        return known
    register(family)
    return family


def _family(answers: Worker, home: Home) -> PluginFamily:
    return PluginFamily(answers.model, home)


def _kind(model: Model) -> tuple[str, str]:
    return type(model).__module__, type(model).__qualname__


def _top(module: str) -> str:
    return module.partition(".")[0]


def _declared(model: Model) -> dict[str, Any]:
    """What a model declares of itself, as JSON has it. Raises UsageError for what it has not."""
    own = getattr(model, "parameters", None)
    declared = {
        "markets": list(model.markets), "features": list(model.features),
        "optional": list(getattr(model, "optional", ())),
        "parameters": _attributes(model) if own is None else dict(own),
    }  # fmt: skip
    try:
        restored: dict[str, Any] = json.loads(json.dumps(declared, sort_keys=True))
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


def _check(model: Model) -> None:
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
    unknown = [m for m in markets if m not in MARKETS]
    if unknown:
        known = ", ".join(MARKETS)
        raise UsageError(f"{name} predicts {unknown[0]!r}, no market", f"choose of {known}")
