"""Write src/tipoff/features/established.json: the hashes that features were first published under.

    python -m tools.established_definitions CHECKOUT

CHECKOUT is a checkout of the earlier edition, whose every feature must mean what it means here: ask
`tools/compare_builds` first. Features that are listed already keep the hash they are known by.
"""

import json
import os
import subprocess
import sys
from pathlib import Path

from tipoff.features.catalogue import CATALOGUE
from tipoff.features.established import established

TARGET = Path(__file__).parents[1] / "src" / "tipoff" / "features" / "established.json"
_DUMP = """import json, sys
from tipoff.features import definition_hashes
json.dump(definition_hashes(), sys.stdout)"""


def main() -> int:
    """Ask the earlier edition for its hashes and pair them with what features mean here."""
    if len(sys.argv) != 2 or not Path(sys.argv[1], "src", "tipoff").is_dir():
        sys.stderr.write("usage: python -m tools.established_definitions CHECKOUT\n")
        return 2
    there = os.environ | {"PYTHONPATH": str(Path(sys.argv[1]) / "src")}
    asked = [sys.executable, "-c", _DUMP]
    said = subprocess.run(asked, env=there, capture_output=True, text=True, check=True).stdout
    then: dict[str, str] = json.loads(said)
    now = {name: read.definition for name, read in CATALOGUE.analysis.columns.items()}
    names = [name for name in CATALOGUE.features if name in then]
    pairs = {name: [now[name], then[name]] for name in names} | {
        name: [now.get(name, means), known_by] for name, (means, known_by) in established().items()
    }
    TARGET.write_text(json.dumps(pairs, indent=0, sort_keys=True) + "\n", encoding="utf-8")
    sys.stdout.write(f"{len(pairs)} features in {TARGET}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
