"""Mutation testing forgets no module and no test, and keeps its first answer."""

import json
from pathlib import Path

from scripts.mutants.areas import AREAS, LEFT_OUT, ROOT, forgotten
from scripts.mutants.report import results, summary


def test_every_module_is_mutated_or_left_out_by_name() -> None:
    assert forgotten() == []


def test_only_what_writes_pages_is_left_out_of_features_and_grading() -> None:
    left = [name for names in LEFT_OUT.values() for name in names]
    assert [name for name in left if name.startswith(("features/", "grading/"))] == [
        "grading/backtest/page.py", "grading/backtest/plots.py",
    ]  # fmt: skip


def test_every_test_file_an_area_names_is_there() -> None:
    named = {test for modules in AREAS.values() for tests in modules.values() for test in tests}
    assert sorted(test for test in named if not (ROOT / "tests" / test).is_file()) == []


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
