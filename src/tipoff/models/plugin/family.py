"""The family of a model of one's own: its versions are trained, judged and loaded like any other's.

A fold and a version are made from the plug-in's source with all of its own that it imports and its
package, its parameters, and the versions of the libraries it imports: change one, and both are
others.
"""

from __future__ import annotations

import json
import pickle
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
from tipoff.models.names import Spec
from tipoff.models.plugin.bundle import unbundled
from tipoff.models.plugin.declaration import check, check_features, declared
from tipoff.models.plugin.homes import Home, home_of
from tipoff.models.plugin.model import PluginModel, checked_answer
from tipoff.models.plugin.process import Process, unpacked
from tipoff.models.plugin.protocol import Model
from tipoff.models.plugin.worker import Fit, Predict, Types, Worker
from tipoff.settings import settings

PREFIX = "plugin:"
_SHORT = 100
TYPES = "types"
"""The parameter of a manifest that names the types an artifact may make."""


class PluginFamily(ModelFamily[PluginModel]):
    """The family of one plug-in: its models are the plug-in's name, and its monthly refits."""

    suffix = "plugin"
    role = "shadow"
    apart = True

    def __init__(self, model: Model, home: Home | None = None) -> None:
        """Raises UsageError naming what of the model cannot be used."""
        self.model, self.home = model, home or home_of(model)
        check(model)
        self._declared = declared(model)
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
            required = sorted({n for m in markets for n in contract.required(m)})
            nulls = data.frame.select(required).null_count().row(0)
            most, name = max(zip(nulls, required, strict=True))
            raise UsageError(
                f"too few of {data.frame.height} player-games through {data.through} have every"
                f" required feature, {MIN_ROWS} of the newest fifth are needed; {name} is null in"
                f" {most}",
                "choose a later --through, or look at that feature",
            )
        manifest = make_manifest(
            spec.model, self.name, contract, data, [f"y_{m}" for m in markets], __name__,
            markets=parts, parameters=self._recorded(spec, self._types(parts)), dispersion=shapes,
        )  # fmt: skip
        code = content_id("code", family_code(self.modules, self.libraries))
        manifest = manifest.model_copy(update={"code_version": code})
        model = PluginModel(manifest, parts, self.process)
        return finished(model, make_golden(model, data.frame))

    def changes(self, manifest: Manifest) -> tuple[str, ...]:
        """Its parameters, features, libraries and code."""
        spec = self.parse(manifest.model)
        if spec is None:
            return ()
        then, now = dict(manifest.parameters), self._recorded(spec, manifest.parameters.get(TYPES))
        words = []
        for name in (n for n in {**then, **now} if then.get(n) != now.get(n)):
            text = (
                f"{name.removeprefix(LIBRARY)} {then.get(name, 'none')} -> {now.get(name, 'none')}"
            )
            # Of a pipeline the values are pages.
            words.append(text if len(text) <= _SHORT else f"its {name}")
        named = {m: self._names(m) for m in self.covers(spec)}
        words += ["its features or markets"] if named != manifest.contract.names else []
        code = content_id("code", family_code(self.modules, self.libraries))
        return tuple(words or (["its code"] if code != manifest.code_version else []))

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

    def _recorded(self, spec: Spec, types: Scalar | None) -> dict[str, Scalar]:
        """The parameters a manifest holds, those that are no scalars as JSON text: markets and
        features are in its contract."""
        known = self.parameters(spec)
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
    place. Raises UsageError naming what of it cannot be used, a feature that nobody declared, or
    who has its name already.
    """
    family = PluginFamily(model, home)
    check_features(model)
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
