"""Pages of docs that are written from the code; a test fails when one is not current."""

import sys
from pathlib import Path


def write(path: Path, text: str) -> int:
    """Write a page and say so; the exit code."""
    path.write_text(text, encoding="utf-8")
    sys.stdout.write(f"wrote {path}\n")
    return 0
