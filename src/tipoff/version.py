"""The version of tipoff: a leaf, because what the package offers imports all the rest."""

__version__ = "0.1.0"
