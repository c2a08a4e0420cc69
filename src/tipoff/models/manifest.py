"""The manifest: everything that makes a model version what it is, and nothing else."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from functools import cached_property
from typing import TYPE_CHECKING, Any, Self

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from tipoff.errors import ArtifactError
from tipoff.fingerprint import code_id
from tipoff.hashing import content_id
from tipoff.models.contract import Contract
from tipoff.models.dispersion import Dispersion

if TYPE_CHECKING:
    from tipoff.models.data import TrainingData

Scalar = float | int | str | bool


class GoldenRow(BaseModel):
    """One row with the answer it got when the model was made; floats as exact hex text."""

    model_config = ConfigDict(frozen=True)

    market: str
    inputs: dict[str, str | None]
    expected: dict[str, str]


class Manifest(BaseModel):
    """A model version. Nothing in it depends on when or where it was made.

    `data_sha256` covers the training values read by name inside the window. `code_version`
    says which sources made it and stays out of the id: golden outputs are in the id, so a
    change of code that changes a number changes the id, and one that does not, does not.
    """

    model_config = ConfigDict(frozen=True)

    model: str
    family: str
    markets: tuple[str, ...]
    contract: Contract
    trained_from: date
    trained_through: date
    rows: int
    data_sha256: str
    code_version: str
    parameters: dict[str, Scalar] = Field(default_factory=dict)
    seed: int | None = None
    dispersion: dict[str, Dispersion]
    golden: tuple[GoldenRow, ...] = ()
    artifact_sha256: str | None = None

    @cached_property
    def model_id(self) -> str:
        """Content hash of the manifest without `code_version`."""
        return content_id("model", self.model_dump(mode="json", exclude={"code_version"}))

    def model_copy(self, *, update: Mapping[str, Any] | None = None, deep: bool = False) -> Self:
        """A changed copy; the id is computed anew, because pydantic would copy the cached one."""
        made = super().model_copy(update=update, deep=deep)
        made.__dict__.pop("model_id", None)
        return made

    def to_json(self) -> str:
        """Canonical JSON text: floats survive the round trip exactly."""
        return self.model_dump_json()

    @classmethod
    def from_json(cls, text: str) -> Manifest:
        """The manifest of that JSON text. Raises ArtifactError naming the first wrong field."""
        try:
            return cls.model_validate_json(text)
        except ValidationError as error:
            first = error.errors()[0]
            where = ".".join(str(part) for part in first["loc"]) or "the text"
            raise ArtifactError(
                f"a stored manifest cannot be read: {where}: {first['msg']}",
                "train the model again, or install the tipoff that made it",
            ) from error


def make_manifest(
    model: str,
    family: str,
    contract: Contract,
    data: TrainingData,
    targets: Iterable[str],
    made_by: str,
    *,
    markets: Iterable[str] | None = None,
    parameters: Mapping[str, Scalar] | None = None,
    seed: int | None = None,
    dispersion: Mapping[str, Dispersion] | None = None,
) -> Manifest:
    """The manifest of a model fitted on `data`, without golden rows and artifact.

    `targets`: the outcome columns it learned from. `made_by`: the module that fits it. `markets`:
    those of the contract by default.
    """
    return Manifest(
        model=model,
        family=family,
        markets=tuple(contract.names if markets is None else markets),
        contract=contract,
        trained_from=data.trained_from,
        trained_through=data.through,
        rows=data.frame.height,
        data_sha256=data.digest((*contract.reads, *targets)),
        code_version=code_id(made_by),
        parameters=dict(parameters or {}),
        seed=seed,
        dispersion=dict(dispersion or {}),
    )
