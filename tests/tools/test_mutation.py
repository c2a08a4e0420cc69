"""Mutation testing keeps its first answer."""

import json
from pathlib import Path

from tools.mutation.report import results, summary


def test_a_survivor_killed_by_a_later_test_still_counts_as_missed_when_drawn(
    tmp_path: Path,
) -> None:
    def row(mutant: str, status: str, seed: int) -> str:
        return json.dumps({"mutant": mutant, "area": "publish", "status": status, "seed": seed})

    file = tmp_path / "results"
    lines = [row("a", "survived", 2), row("b", "killed", 2), row("a", "survived", 3),
             row("a", "killed", 2)]  # fmt: skip
    file.write_text("\n".join(lines), "utf-8")
    assert [(r["first"], r["status"]) for r in results(2, file)] == [
        ("survived", "killed"), ("killed", "killed"),
    ]  # fmt: skip
    cells = [cell.strip() for cell in summary(results(2, file))[-1].split("|")]
    assert (cells[3], cells[4], cells[6]) == ("2", "1 = 50.0%", "2 = 100.0%")
