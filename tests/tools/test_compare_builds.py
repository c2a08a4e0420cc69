"""tools/compare_builds: what counts as equal, what is named, and what ends it before an answer."""

import json
import math
import sys
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest

from tools.builds import differences, sides, table
from tools.builds.checkout import Build, _checked_out, requirements_of, resolved, unmet
from tools.builds.cli import main
from tools.builds.differences import Comparison, compare, numbers
from tools.builds.failure import Failure
from tools.builds.kinds import BACKTEST, GRADES, PREDICTIONS, REFUSALS, Kind

KIND = Kind("rows", ("game", "player"), exact=("pick",), numbers=("mean",), lists=("pmf",))
OLD = pl.DataFrame({
    "game": ["g1", "g1", "g2"], "player": ["ann", "bob", None], "pick": ["OVER", None, "PASS"],
    "mean": [20.5, None, 3.25], "pmf": [[0.5, 0.5], [1.0], [0.25, 0.25, 0.5]],
})  # fmt: skip


def changed(**columns: list[Any]) -> Comparison:
    """OLD against itself with some columns replaced."""
    new = OLD.with_columns(pl.Series(name, values) for name, values in columns.items())
    return compare(KIND, OLD, new)


def test_equal_rows_in_another_order_are_so_bit_for_bit() -> None:
    comparison = compare(KIND, OLD, OLD.reverse())
    assert (comparison.verdict, comparison.ok, comparison.greatest) == ("bit for bit", True, 0.0)
    assert (comparison.rows, comparison.equal, len(comparison.fields)) == (3, 3, 3)


def test_a_difference_of_1e_12_is_within_and_counted() -> None:
    comparison = changed(mean=[20.5 + 1e-12, None, 3.25])
    assert (comparison.verdict, comparison.ok, comparison.equal) == ("within 1e-9", True, 2)
    assert comparison.greatest == pytest.approx(1e-12, rel=0.01)


def test_a_difference_of_1e_3_is_named_with_its_row() -> None:
    comparison = changed(mean=[20.5, None, 3.251])
    assert (comparison.verdict, comparison.ok, comparison.equal) == ("DIFFERENT", False, 2)
    (mean,) = [field for field in comparison.fields if field.name == "mean"]
    assert mean.examples == ("g2 None: mean was 3.25, is 3.251",)


@pytest.mark.parametrize(("old", "new", "only"), [(OLD, OLD[1:], (1, 0)), (OLD[1:], OLD, (0, 1))])
def test_a_row_on_one_side_is_a_difference(
    old: pl.DataFrame, new: pl.DataFrame, only: tuple[int, int]
) -> None:
    comparison = compare(KIND, old, new)
    assert (comparison.only_old, comparison.only_new, comparison.rows, comparison.equal) == (
        *only,
        2,
        2,
    )
    assert (comparison.verdict, comparison.ok, comparison.greatest) == (
        "DIFFERENT",
        False,
        math.inf,
    )
    assert comparison.examples == (f"only the {'old' if only[0] else 'new'} side has g1 ann",)


VALUES = {"null": None, "nan": math.nan, "zero": 0.0, "infinite": math.inf, "minus": -math.inf}


@pytest.mark.parametrize("old", VALUES)
@pytest.mark.parametrize("new", VALUES)
def test_null_nan_and_numbers_are_equal_to_their_own_kind_alone(old: str, new: str) -> None:
    one, two = (pl.Series([VALUES[name]], dtype=pl.Float64) for name in (old, new))
    same, apart = numbers(one, two)
    assert same.tolist() == [old == new]
    assert apart.tolist() == [0.0 if old == new else math.inf]


def test_one_nan_is_like_another_whatever_its_bits() -> None:
    quiet, other = np.array([0x7FF8000000000000, 0x7FF8000000000001]).view(np.float64)
    same, apart = numbers(pl.Series([quiet]), pl.Series([other]))
    assert (same.tolist(), apart.tolist()) == ([True], [0.0])


def test_two_zeros_of_other_sign_differ_in_their_bits_only() -> None:
    same, apart = numbers(pl.Series([0.0]), pl.Series([-0.0]))
    assert (same.tolist(), apart.tolist()) == ([False], [0.0])


def test_a_column_of_nulls_alone_has_no_type_and_is_compared_all_the_same() -> None:
    nulls = pl.DataFrame({"game": ["g"], "player": ["p"], "pick": [None], "mean": [None],
                          "pmf": [[1.0]]})  # fmt: skip
    assert compare(KIND, nulls, nulls).verdict == "bit for bit"
    filled = nulls.with_columns(pick=pl.lit("OVER"), mean=pl.lit(1.0))
    assert [f.equal for f in compare(KIND, nulls, filled).fields] == [0, 0, 1]


@pytest.mark.parametrize(
    ("pmf", "words"),
    [([0.25, 0.249, 0.501], "pmf at 1 was 0.25, is 0.249"),
     ([0.25, 0.75], "pmf had 3 numbers, has 2"),
     ([0.25, None, 0.5], "pmf at 1 was 0.25, is None"),
     (None, "pmf was [0.25, 0.25, 0.5], is None")],
)  # fmt: skip
@pytest.mark.parametrize("chunk", [1, 2, 20_000])
def test_a_pmf_is_compared_number_by_number(
    pmf: list[float] | None, words: str, chunk: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(differences, "CHUNK", chunk)
    comparison = changed(pmf=[[0.5, 0.5], [1.0], pmf])
    assert (comparison.verdict, comparison.equal) == ("DIFFERENT", 2)
    assert comparison.fields[-1].examples == (f"g2 None: {words}",)


def test_of_a_pmf_the_greatest_difference_of_its_row_counts() -> None:
    comparison = changed(pmf=[[0.5, 0.5], [1.0], [0.25, 0.25 - 3e-12, 0.5 + 1e-12]])
    assert comparison.verdict == "within 1e-9"
    assert comparison.greatest == pytest.approx(3e-12, rel=0.01)


@pytest.mark.parametrize("pick", [3, "UNDER", None])
def test_what_must_be_equal_has_no_small_difference(pick: object) -> None:
    comparison = compare(KIND, OLD[:1], OLD[:1].with_columns(pick=pl.lit(pick)))
    assert (comparison.verdict, comparison.equal) == ("DIFFERENT", 0)
    assert comparison.fields[0].examples == (f"g1 ann: pick was 'OVER', is {pick!r}",)


def test_a_field_one_side_lacks_is_a_difference() -> None:
    comparison = compare(KIND, OLD, OLD.drop("mean"))
    assert (comparison.verdict, comparison.equal) == ("DIFFERENT", 0)
    assert comparison.notes == ("mean: one side lacks it",)


def test_what_is_drawn_from_the_id_is_compared_where_the_ids_are_equal() -> None:
    kind = Kind("grades", ("game",), numbers=("crps",), seeded=("pit",))
    old = pl.DataFrame({"game": ["a", "b"], "prediction_id": ["1", "2"], "crps": [1.0, 2.0],
                        "pit": [0.1, 0.2]})  # fmt: skip
    other = old.with_columns(prediction_id=pl.Series(["1", "3"]), pit=pl.Series([0.1, 0.9]))
    comparison = compare(kind, old, other)
    assert (comparison.verdict, comparison.equal) == ("bit for bit", 2)
    assert [field.rows for field in comparison.fields] == [2, 1]
    assert comparison.notes == (
        "pit: not compared in 1 of 2 rows, whose prediction ids differ: its chance is drawn from"
        " the id",
    )
    moved = compare(kind, old, old.with_columns(pit=pl.Series([0.1, 0.9])))
    assert (moved.verdict, moved.notes) == ("DIFFERENT", ())


def test_no_predictions_at_all_prove_nothing_and_no_refusals_are_fine() -> None:
    for kind, ok in ((PREDICTIONS, False), (BACKTEST, False), (REFUSALS, True), (GRADES, True)):
        empty = pl.DataFrame(schema=dict.fromkeys((*kind.keys, *kind.exact), pl.String))
        comparison = compare(kind, empty, empty)
        assert (comparison.verdict, comparison.ok) == ("no rows", ok)


def test_two_rows_of_one_key_and_a_key_that_is_not_there_are_errors() -> None:
    with pytest.raises(Failure, match="the new side has two rows of g1 ann"):
        compare(KIND, OLD, pl.concat([OLD, OLD[:1]]))
    with pytest.raises(Failure, match="rows of the old side have no player"):
        compare(KIND, OLD.drop("player"), OLD)


def test_the_table_names_what_differs_and_json_has_no_infinity() -> None:
    comparisons = [changed(mean=[20.5, None, 3.251]), compare(KIND, OLD, OLD[1:])]
    text = list(table.lines(comparisons, ["said"]))
    assert text[1].split() == ["rows", "3", "3", "2", "1.0e-03", "DIFFERENT"]
    assert "rows: mean differs in 1 rows, 1.0e-03" in text
    assert "  only the old side has g1 ann" in text
    assert text[-1] == "note: said"
    data = json.loads(json.dumps(table.as_dict([], comparisons, ["said"]), allow_nan=False))
    assert [c["verdict"] for c in data["comparisons"]] == ["DIFFERENT", "DIFFERENT"]
    assert data["comparisons"][1]["greatest"] is None
    assert data["ok"] is False


@pytest.mark.parametrize(
    ("words", "code", "message"),
    [(["no-such-ref", "HEAD", "LAKE", "--date", "2025-01-10"], 2, "'no-such-ref' names no commit"),
     (["HEAD", "HEAD", "EMPTY", "--date", "2025-01-10"], 2, "no lake and no data at"),
     (["HEAD", "HEAD", "LAKE"], 2, "nothing to compare"),
     (["HEAD", "HEAD", "LAKE", "--backtest", "2025-01-06", "2025-01-19"], 2, "go together"),
     (["HEAD", "HEAD", "LAKE", "--date", "2025-01-10", "--train", "line", "soon"], 2, "YYYY-MM-DD"),
     (["HEAD", "HEAD", "LAKE", "--date", "2025-01-10", "--train", "line", "2025-01-01"], 2,
      "is a lake")],
)  # fmt: skip
def test_what_cannot_be_asked_is_said(
    words: list[str], code: int, message: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "EMPTY").mkdir()
    (tmp_path / "LAKE").mkdir()
    (tmp_path / "LAKE" / sides.CATALOG).touch()
    asked = [str(tmp_path / word) if word.isupper() and word != "HEAD" else word for word in words]
    assert main(asked) == code
    assert message in capsys.readouterr().err


def stub(folder: Path, program: str) -> Build:
    """A build whose tipoff is that program."""
    package = folder / "src" / "tipoff"
    package.mkdir(parents=True)
    (package / "__init__.py").touch()
    (package / "__main__.py").write_text(program, encoding="utf-8")
    return Build("new", "HEAD", "0123456789abcdef", folder, Path(sys.executable))


def test_a_build_that_fails_shows_the_end_of_what_it_said(tmp_path: Path) -> None:
    program = "import sys\nfor n in range(100): print('line', n, file=sys.stderr)\nsys.exit(3)"
    with pytest.raises(Failure) as raised:
        stub(tmp_path, program).tipoff(tmp_path, "run", "2025-01-10")
    text = str(raised.value)
    assert raised.value.code == 3
    assert text.startswith("new (HEAD, 0123456789ab): tipoff run 2025-01-10 --json failed:")
    assert text.endswith("  line 98\n  line 99")
    assert "line 50" not in text


def test_a_build_runs_its_own_source_with_nobodys_settings(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TIPOFF_MIN_EDGE", "3")
    program = (
        "import json, os\nprint(json.dumps([k for k in os.environ if 'TIPOFF' in k] or {1: 1}))"
    )
    build = stub(tmp_path, program)
    build.check(tmp_path)
    assert build.tipoff(tmp_path, "run") == {"1": 1}
    (tmp_path / "src").rename(tmp_path / "elsewhere")
    with pytest.raises(Failure, match="import tipoff from"):
        build.check(tmp_path)


class _Answers(Build):
    """A build that answers from `said` and remembers what it was asked."""

    asked: list[str]
    said: dict[str, dict[str, Any]]

    def tipoff(self, cwd: Path, *words: object) -> dict[str, Any]:  # noqa: ARG002
        self.asked.append(str(words[2]))
        return self.said[str(words[2])]


@pytest.mark.parametrize(("current", "asked"), [(True, ["run", "regenerate"]), (False, ["run"])])
def test_a_slate_that_was_published_before_is_made_again(
    current: bool, asked: list[str], tmp_path: Path
) -> None:
    build = _Answers("new", "HEAD", "0", tmp_path, tmp_path)
    object.__setattr__(build, "asked", [])
    run = {"nothing_to_do": current, "run_id": "run_1"}
    object.__setattr__(build, "said", {"run": run, "regenerate": {"run_id": "run_2"}})
    notes = sides._run(build, tmp_path, tmp_path, "2025-01-10")
    assert build.asked == asked
    assert len(notes) == current


def test_a_folder_half_made_is_never_kept(tmp_path: Path) -> None:
    def fails(half: Path) -> None:
        (half / "one").touch()
        raise Failure("no")

    said: list[str] = []
    with pytest.raises(Failure):
        sides.kept(tmp_path / "kept", fails, said.append)
    sides.kept(tmp_path / "kept", lambda half: (half / "two").touch(), said.append)
    assert [p.name for p in (tmp_path / "kept").iterdir()] == ["two"]
    sides.kept(tmp_path / "kept", fails, said.append)
    assert said == [f"kept from before: {tmp_path / 'kept'}"]


def test_the_digest_of_a_lake_is_of_what_it_holds(tmp_path: Path) -> None:
    def digest() -> str:
        return sides.read_source(tmp_path, sides.Asked()).digest

    for name in (sides.CATALOG, "writer.lock"):
        (tmp_path / name).touch()
    first = digest()
    (tmp_path / "writer.lock").write_text("held")
    assert digest() == first
    (tmp_path / "model.json").touch()
    second = digest()
    (tmp_path / "model.json").write_text("{}")
    third = digest()
    (tmp_path / "model.json").rename(tmp_path / "other.json")
    assert len({first, second, third, digest()}) == 4


def test_an_installation_serves_when_it_has_every_dependency() -> None:
    assert unmet(["polars>=1.30", "duckdb==1.5.5", 'nothing; python_version < "3"']) == []
    assert unmet(["polars<1", "no-such-package-here"]) == ["polars<1", "no-such-package-here"]
    project = {"dependencies": ["b"], "optional-dependencies": {"dev": ["d"], "cluster": ["a"]}}
    assert requirements_of(project) == ["a", "b"]


def test_a_checkout_kept_from_before_is_checked_out_again_when_it_was_changed(
    tmp_path: Path,
) -> None:
    sha = resolved("HEAD")
    page = _checked_out(sha, tmp_path / "kept") / "README.md"
    whole = page.read_bytes()
    (tmp_path / "kept" / ".git" / "mark").touch()
    _checked_out(sha, tmp_path / "kept")
    assert (tmp_path / "kept" / ".git" / "mark").exists()
    page.write_text("changed")
    _checked_out(sha, tmp_path / "kept")
    assert page.read_bytes() == whole
