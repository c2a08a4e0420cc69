"""Results: what questions are answered with. One JSON encoder, one form of time."""

from tipoff.results.base import Result
from tipoff.results.slate import Prediction, RefusedPlayer, Slate

__all__ = ["Prediction", "RefusedPlayer", "Result", "Slate"]
