"""tipoff: NBA player-prop forecasts as pure functions of a snapshot, a model and a line."""

__version__ = "0.1.0"
