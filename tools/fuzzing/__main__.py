"""Coverage-guided fuzzing of one target with atheris: `python -m tools.fuzzing TARGET --seconds N`.

Prints the seed and, for every input that ends otherwise than promised, where it is kept; the same
input is run again with `--replay FILE`. Needs `pip install -e '.[fuzz]'`.
"""

from __future__ import annotations

import argparse
import os
import secrets
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
KEPT = ROOT / ".fuzz"
STARTS = (
    b"2025-01-10", b"2025-01-10T23:30:00Z", b"Jalen Brunson:points:over:27.5", b"Smith, J. (Jr.)",
    b"catboost_v9_2025_01", b"min_edge = 1.0\n", b'{"simulated": true}', b'{"a": [1, null, 0.5]}',
    b"\x00\x00\x01\x00\x00\xff\xff", b"\x03" + b"\x00" * 15,
)  # fmt: skip

LEAKING = ("tipoff.league.odds",)
"""Left uninstrumented: atheris 3.0 keeps 4 KB of every comparison of arrays it traces, and ran out
of its 2 GB within two minutes. The target that asks it is traced itself."""


def main() -> int:
    """Fuzz until the time is up or an input breaks the promise; atheris leaves the process."""
    sys.path.insert(0, str(ROOT))
    asked = _arguments()
    if asked.replay:
        from tools.fuzzing.targets import TARGETS

        TARGETS[asked.target](asked.replay.read_bytes())
        sys.stdout.write("kept its promise\n")
        return 0
    try:
        import atheris
    except ImportError:
        sys.stderr.write("error: atheris is not installed\n  next: pip install -e '.[fuzz]'\n")
        return 2
    with atheris.instrument_imports(
        include=["tipoff", "tools.fuzzing.targets"], exclude=[*LEAKING]
    ):
        from tools.fuzzing.targets import TARGETS
    corpus = KEPT / asked.target
    corpus.mkdir(parents=True, exist_ok=True)
    for number, start in enumerate(STARTS):
        (corpus / f"start-{number}").write_bytes(start)
    sys.stdout.write(f"fuzzing {asked.target} for {asked.seconds} s, seed {asked.seed}\n")
    sys.stdout.flush()
    atheris.Setup(_options(asked, corpus), TARGETS[asked.target])
    atheris.Fuzz()
    return 0


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("target", help="a name of tools/fuzzing/targets.py")
    parser.add_argument("--seconds", type=int, default=60)
    parser.add_argument("--seed", type=int, default=secrets.randbelow(2**31))
    parser.add_argument("--replay", type=Path, help="run this input once and leave")
    return parser.parse_args()


def _options(asked: argparse.Namespace, corpus: Path) -> list[str]:
    return [
        sys.argv[0], f"-max_total_time={asked.seconds}", f"-seed={asked.seed}",
        f"-artifact_prefix={KEPT}{os.sep}{asked.target}-", "-timeout=60", "-rss_limit_mb=2048",
        "-print_final_stats=1", "-verbosity=0", str(corpus),
    ]  # fmt: skip


if __name__ == "__main__":
    sys.exit(main())
