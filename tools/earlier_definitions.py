"""Write src/tipoff/features/earlier.json: hashes of an earlier edition for definitions in force.

    python -m tools.earlier_definitions CHECKOUT

CHECKOUT is a checkout of the earlier edition, whose every feature must mean what it means here: run
`tools/compare_builds` first. Pairs that are there already stay.
"""

import json
import os
import subprocess
import sys
from pathlib import Path

from tipoff.features import definition_hashes
from tipoff.features.earlier import earlier_hashes

TARGET = Path(__file__).parents[1] / "src" / "tipoff" / "features" / "earlier.json"
_DUMP = """import json, sys
from tipoff.features import definition_hashes
json.dump(definition_hashes(), sys.stdout)"""


def main() -> int:
    """Ask the earlier edition for its hashes and pair them with those in force."""
    if len(sys.argv) != 2 or not Path(sys.argv[1], "src", "tipoff").is_dir():
        sys.stderr.write("usage: python -m tools.earlier_definitions CHECKOUT\n")
        return 2
    there = os.environ | {"PYTHONPATH": str(Path(sys.argv[1]) / "src")}
    asked = [sys.executable, "-c", _DUMP]
    said = subprocess.run(asked, env=there, capture_output=True, text=True, check=True).stdout
    then: dict[str, str] = json.loads(said)
    now = definition_hashes()
    pairs = earlier_hashes() | {then[name]: now[name] for name in then if name in now}
    TARGET.write_text(json.dumps(pairs, indent=0, sort_keys=True) + "\n", encoding="utf-8")
    sys.stdout.write(f"{len(pairs)} hashes of earlier editions in {TARGET}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
