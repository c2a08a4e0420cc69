"""Golden rows: inputs with the answers a model gave when it was made, checked at every load."""

from __future__ import annotations

import hashlib
import math
from collections.abc import Iterable
from dataclasses import Field, replace
from typing import Any, ClassVar, Protocol, TypeVar

import polars as pl

from tipoff.errors import ArtifactError
from tipoff.gates import gate
from tipoff.models.manifest import GoldenRow
from tipoff.models.model import Model, column
from tipoff.models.pmf import Floats, Pmf

_TOLERANCE = 1e-9
"""Relative. A file read wrongly is off by far more; another CPU's last bits by far less.
Bit-for-bit identity on one machine is what `reproduce` checks."""
_QUARTERS = (1, 2, 3)


class DataclassModel(Model, Protocol):
    """A model that is a dataclass with a field `manifest`."""

    __dataclass_fields__: ClassVar[dict[str, Field[Any]]]


M = TypeVar("M", bound=DataclassModel)


def finished(model: M, golden: Iterable[GoldenRow]) -> M:
    """The model with those golden rows, and the hash of its artifact, in its manifest."""
    content = model.artifact
    digest = None if content is None else hashlib.sha256(content).hexdigest()
    update = {"artifact_sha256": digest, "golden": tuple(golden)}
    return replace(model, manifest=model.manifest.model_copy(update=update))


def make_golden(model: Model, frame: pl.DataFrame) -> tuple[GoldenRow, ...]:
    """Up to three predictable rows per market with the model's answers."""
    rows: list[GoldenRow] = []
    for market, names in model.manifest.contract.names.items():
        if market not in model.manifest.markets:
            continue
        usable = frame.select(names).drop_nulls(model.manifest.contract.required(market))
        picks = sorted({usable.height * q // 4 for q in _QUARTERS} if usable.height else ())
        rows += golden_rows(model, market, usable[picks])
    return tuple(rows)


def golden_rows(model: Model, market: str, chosen: pl.DataFrame) -> list[GoldenRow]:
    """Those rows, which hold the names of the market and nothing else, with the answers."""
    answers = summary(model.predict(chosen, market).pmf)
    inputs = {n: column(chosen, n) for n in chosen.columns}
    return [
        GoldenRow(
            market=market,
            inputs={n: _hex(values[i]) for n, values in inputs.items()},
            expected={k: float(v[i]).hex() for k, v in answers.items()},
        )
        for i in range(chosen.height)
    ]


def summary(pmf: Pmf) -> dict[str, Floats]:
    """What golden rows compare, each of shape (n,)."""
    return {
        "mean": pmf.mean(),
        "variance": pmf.variance(),
        "median": pmf.median(),
        "p10": pmf.quantile(0.1),
        "p90": pmf.quantile(0.9),
    }


@gate(
    "golden rows", protects="every prediction of a model",
    on_error="the model is refused at load", on_null="a market without golden rows: ArtifactError",
)  # fmt: skip
def check_golden(model: Model) -> None:
    """Raises ArtifactError naming the first golden answer the loaded model does not give, or a
    market it predicts without any."""
    by_market: dict[str, list[GoldenRow]] = {}
    for row in model.manifest.golden:
        by_market.setdefault(row.market, []).append(row)
    for market, rows in by_market.items():
        names = model.manifest.contract.names[market]
        frame = pl.DataFrame(
            {n: [_float(row.inputs[n]) for row in rows] for n in names},
            schema=dict.fromkeys(names, pl.Float64),
        )
        got = summary(model.predict(frame, market).pmf)
        for i, row in enumerate(rows):
            for name, text in row.expected.items():
                _compare(model, f"{market}, golden row {i}, {name}", text, float(got[name][i]))
    proven = {row.market for row in model.manifest.golden if row.expected}
    unproven = [market for market in model.manifest.markets if market not in proven]
    if unproven:
        raise ArtifactError(
            f"{model.manifest.model} has no golden rows in {', '.join(unproven)}",
            f"train {model.manifest.model} again",
        )


def _compare(model: Model, where: str, text: str, got: float) -> None:
    expected = float.fromhex(text)
    if not math.isclose(expected, got, rel_tol=_TOLERANCE, abs_tol=_TOLERANCE):
        raise ArtifactError(
            f"{model.manifest.model} ({model.manifest.model_id}) gives another answer than when"
            f" it was made: {where}: expected {expected!r}, got {got!r}",
            "check the installed catboost and numpy versions, or train it again",
        )


def _hex(value: float) -> str | None:
    return None if math.isnan(value) else float(value).hex()


def _float(text: str | None) -> float | None:
    return None if text is None else float.fromhex(text)
