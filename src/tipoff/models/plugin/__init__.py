"""Models of one's own: what people write, and how tipoff runs it beside its own families."""

from tipoff.models.plugin.family import PluginFamily, register_model
from tipoff.models.plugin.homes import Home, import_from
from tipoff.models.plugin.protocol import Fitted, Model, is_model

__all__ = [
    "Fitted",
    "Home",
    "Model",
    "PluginFamily",
    "import_from",
    "is_model",
    "register_model",
]
