"""The lake of the first edition, as a fixture: tests/fixtures/README.md says what is in it."""

from __future__ import annotations

import json
import tarfile
from pathlib import Path
from typing import Any

ARCHIVE = Path(__file__).parent / "fixtures" / "first_edition.tar.xz"


def unpacked(folder: Path) -> Path:
    """Unpack the fixture into a folder; the lake's folder, the caller's own to write to."""
    with tarfile.open(ARCHIVE) as tar:
        tar.extractall(folder, filter="data")
    return folder / "lake"


def expected(folder: Path) -> dict[str, Any]:
    """What the first edition said of its numbers, from the folder given to `unpacked`.

    predictions: prediction id -> mean, median, p10, p90, line, p_over, ev, recommendation; grades:
    prediction id -> outcome, crps, log_loss, brier; floats as `float.hex` text, null where there is
    none. publications: [slate, seq, id]; models: [name, version].
    """
    text = (folder / "expected.json").read_text(encoding="utf-8")
    answers: dict[str, Any] = json.loads(text)
    return answers
