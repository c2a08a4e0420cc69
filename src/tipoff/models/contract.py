"""What a model needs from a feature snapshot: names and definitions, never positions."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from pydantic import BaseModel, ConfigDict

from tipoff.errors import ContractError
from tipoff.gates import gate
from tipoff.installed import BROKEN


class Contract(BaseModel):
    """Feature names per market, in the model's own order, with the definitions trained on."""

    model_config = ConfigDict(frozen=True)

    names: dict[str, tuple[str, ...]]
    optional: tuple[str, ...] = ()
    definitions: dict[str, str]

    @property
    def reads(self) -> tuple[str, ...]:
        """Every name read in any market, sorted."""
        return tuple(sorted({n for names in self.names.values() for n in names}))

    def required(self, market: str) -> tuple[str, ...]:
        """Names that must not be null for a row of this market to be predicted."""
        return tuple(n for n in self.names[market] if n not in self.optional)


def make_contract(
    names: Mapping[str, tuple[str, ...]],
    definitions: Mapping[str, str],
    optional: Iterable[str] = (),
) -> Contract:
    """A contract over the definitions in force. Raises ContractError naming unknown features."""
    reads = sorted({n for market in names.values() for n in market})
    unknown = [f"missing feature {n}" for n in reads if n not in definitions]
    if unknown:
        raise ContractError("the catalogue lacks features this model reads", unknown)
    return Contract(
        names=dict(names),
        optional=tuple(sorted(set(optional) & set(reads))),
        definitions={n: definitions[n] for n in reads},
    )


def check(contract: Contract, available: Mapping[str, str]) -> list[str]:
    """Every difference between a contract and what a snapshot has (name -> definition hash).

    Empty when the contract is met. Columns the model does not read are no difference.
    """
    return redefined(contract.definitions, available)


def redefined(trained: Mapping[str, str], available: Mapping[str, str]) -> list[str]:
    """The same, of the definitions a contract names."""
    differences = []
    for name, definition in trained.items():
        if name not in available:
            differences.append(f"missing feature {name}")
        elif available[name] != definition:
            differences.append(
                f"feature {name} redefined: trained on {definition}, snapshot has {available[name]}"
            )
    return differences


@gate(
    "contract", protects="every prediction of a model",
    on_error="the model is refused at load", on_null="no list of differences: ContractError",
)  # fmt: skip
def require(model: str, contract: Contract, available: Mapping[str, str]) -> None:
    """Raises ContractError listing every difference; does nothing when there is none."""
    differences = check(contract, available)
    if differences != []:
        differences = differences or ["the contract could not be checked"]
        if not contract.definitions.keys() <= available.keys():
            differences += [error.message for error in BROKEN.values()]
        raise ContractError(
            f"{model} cannot read this snapshot: " + "; ".join(differences),
            differences,
            f"train it again on the present definitions: tipoff train {model} --through DATE",
        )
