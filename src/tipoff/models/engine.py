"""The engines of trees, imported on first use: no command that needs none pays for them."""

from typing import Any


def catboost() -> Any:
    """The catboost module."""
    import catboost

    return catboost


def lightgbm() -> Any:
    """The lightgbm module."""
    import lightgbm

    return lightgbm
