"""The engines of trees, imported on first use: no command that needs none pays for them."""

import tempfile
from pathlib import Path
from typing import Any

from tipoff.errors import ArtifactError

_VOLATILE = ("model_guid", "train_finish_time")


def catboost() -> Any:
    """The catboost module."""
    import catboost

    return catboost


def lightgbm() -> Any:
    """The lightgbm module."""
    import lightgbm

    return lightgbm


def catboost_bytes(fitted: Any) -> bytes:
    """A fitted CatBoost model as a `.cbm` file, without the time and random id it puts there."""
    metadata = fitted.get_metadata()
    for name in _VOLATILE:
        metadata[name] = ""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "model.cbm"
        fitted.save_model(str(path), format="cbm")
        return path.read_bytes()


def catboost_loaded(empty: Any, content: bytes) -> Any:
    """A new CatBoost model, filled from the bytes of a `.cbm` file. Raises ArtifactError."""
    try:
        return empty.load_model(blob=content)
    except catboost().CatBoostError as error:
        raise ArtifactError(str(error)) from error
