"""How a script answers: a list of records as JSON, or a table for people."""

import json
import sys
from collections.abc import Mapping, Sequence
from typing import Any


def say(records: Sequence[Mapping[str, Any]], as_json: bool, table: str) -> None:
    """One or the other, to stdout."""
    sys.stdout.write(json.dumps(list(records)) + "\n" if as_json else table)
