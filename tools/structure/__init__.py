"""How large tipoff is and how far one has to walk in it: `python -m tools.structure --help`."""
