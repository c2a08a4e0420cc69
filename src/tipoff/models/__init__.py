"""Models: contract, families, registry, distribution (pmf), training, governance."""

from tipoff.models.code import code_of
from tipoff.models.contract import Contract, check
from tipoff.models.families import contributions, family_of, parse_model, register
from tipoff.models.family import Minutes, ModelFamily
from tipoff.models.governance import (
    Seat,
    champion_of,
    checked_model,
    eligible,
    list_versions,
    parse_role,
    promote,
    retire,
    versions_of,
)
from tipoff.models.manifest import Manifest
from tipoff.models.model import Model, Prediction
from tipoff.models.names import Spec
from tipoff.models.pmf import Pmf, nb_with_median, negative_binomial
from tipoff.models.registry import (
    changes_since_trained,
    load,
    open_model,
    read_version,
    store,
    stored_versions,
    verified_version,
)
from tipoff.models.regressor import from_regressor
from tipoff.models.training import ensure_baselines, missing_baselines, train

__all__ = [
    "Contract",
    "Manifest",
    "Minutes",
    "Model",
    "ModelFamily",
    "Pmf",
    "Prediction",
    "Seat",
    "Spec",
    "champion_of",
    "changes_since_trained",
    "check",
    "checked_model",
    "code_of",
    "contributions",
    "eligible",
    "ensure_baselines",
    "family_of",
    "from_regressor",
    "list_versions",
    "load",
    "missing_baselines",
    "nb_with_median",
    "negative_binomial",
    "open_model",
    "parse_model",
    "parse_role",
    "promote",
    "read_version",
    "register",
    "retire",
    "store",
    "stored_versions",
    "train",
    "verified_version",
    "versions_of",
]
