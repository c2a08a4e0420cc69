"""Facts made once and read by several belong to one moment."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from tipoff.errors import IntegrityError
from tipoff.features import known_facts
from tipoff.lake import Lake


def test_facts_of_another_moment_are_refused(tmp_path: Path) -> None:
    early, late = datetime(2025, 1, 1, tzinfo=UTC), datetime(2025, 1, 2, tzinfo=UTC)
    lake = Lake.open(tmp_path / "lake", create=True)
    with lake.reading() as r, known_facts(r, early, 0) as facts:
        facts.require(early, 0)
        for moment, seq in ((late, 0), (early, 1)):
            with pytest.raises(IntegrityError, match="facts as of"):
                facts.require(moment, seq)
