"""Models: contract, registry, baselines, catboost, distribution (pmf), training, governance."""

from tipoff.models.contract import Contract, check
from tipoff.models.contributions import contributions
from tipoff.models.governance import (
    Seat,
    champion,
    eligible,
    list_versions,
    parse_role,
    promote,
    retire,
    versions_of,
)
from tipoff.models.manifest import Manifest
from tipoff.models.model import Model, Prediction
from tipoff.models.pmf import Pmf, nb_with_median, negative_binomial
from tipoff.models.registry import (
    load,
    open_model,
    read_version,
    store,
    stored_versions,
    verified_version,
)
from tipoff.models.training import TrainReport, ensure_baselines, missing_baselines, train

__all__ = [
    "Contract",
    "Manifest",
    "Model",
    "Pmf",
    "Prediction",
    "Seat",
    "TrainReport",
    "champion",
    "check",
    "contributions",
    "eligible",
    "ensure_baselines",
    "list_versions",
    "load",
    "missing_baselines",
    "nb_with_median",
    "negative_binomial",
    "open_model",
    "parse_role",
    "promote",
    "read_version",
    "retire",
    "store",
    "stored_versions",
    "train",
    "verified_version",
    "versions_of",
]
