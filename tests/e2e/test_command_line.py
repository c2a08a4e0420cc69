"""The commands one after another, each in a process of its own, on a small simulated league."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import jsonschema
import polars as pl
import pytest

from tests.simulated import built_once

pytestmark = pytest.mark.xdist_group("command line")  # one worker makes the session, not both

SCHEMAS = Path(__file__).parents[2] / "docs/schema"


@dataclass(frozen=True)
class Done:
    """What a process left: exit code, stdout, stderr."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> dict[str, Any]:
        """Its stdout as JSON, after an exit code of 0."""
        assert self.code == 0, self.err
        answer: dict[str, Any] = json.loads(self.out)
        return answer

    def refuses(self, code: int, *words: str) -> None:
        """It left with a code, said why and what next on stderr, and answered nothing."""
        assert (self.code, self.out) == (code, ""), self.out + self.err
        assert self.err.startswith("error: ")
        assert "\n  next: " in self.err
        assert "Traceback" not in self.err
        for word in words:
            assert word in self.err


CALLS = """
import contextlib, io, json, sys
from tipoff.cli import main
said = []
for words in json.loads(sys.argv[1]):
    sys.argv, out, err, code = ["tipoff", *words], io.StringIO(), io.StringIO(), None
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        try:
            main()
        except SystemExit as left:
            code = left.code
    said.append([code or 0, out.getvalue(), err.getvalue()])
print(json.dumps(said))
"""
"""A process that gives several commands to tipoff's own `main`, one after another: start-up is
most of what a small command costs."""


def python(*words: str, cwd: Path) -> Done:
    """Python in a process of its own, in a folder, without any setting."""
    bare = {k: v for k, v in os.environ.items() if not k.startswith("TIPOFF_")}
    done = subprocess.run(
        [sys.executable, *words], cwd=cwd, env=bare, capture_output=True, text=True
    )
    return Done(done.returncode, done.stdout, done.stderr)


def tipoff(*words: str, cwd: Path) -> Done:
    """`tipoff WORDS` in a process of its own."""
    return python("-m", "tipoff", *words, cwd=cwd)


def together(calls: dict[str, list[str]], cwd: Path) -> dict[str, Any]:
    """What several commands said as JSON, by name, all in one process."""
    ran = python("-c", CALLS, json.dumps([[*c, "--json"] for c in calls.values()]), cwd=cwd)
    assert ran.code == 0, ran.err
    answers = [Done(*answer) for answer in json.loads(ran.out)]
    return {name: answer.json for name, answer in zip(calls, answers, strict=True)}


@pytest.fixture(scope="module")
def answers(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """What every command of one session said, by a name; the lake is ./tipoff-lake of a folder."""

    def build(folder: Path) -> None:
        folder.mkdir()
        (folder / "answers.json").write_text(json.dumps(session(folder)), encoding="utf-8")

    folder = built_once(tmp_path_factory, "command-line", build)
    stored: dict[str, Any] = json.loads((folder / "answers.json").read_text(encoding="utf-8"))
    return stored


def session(folder: Path) -> dict[str, Any]:
    """Simulate, import, train, run, look at it in every way, regenerate, grade."""
    league = ["simulate", "league", "--seed", "5", "--teams", "4", "--games", "36"]
    said = together(
        {"simulate": league, "import": ["import", "league"], "import again": ["import", "league"]},
        folder,
    )
    games = pl.read_parquet(folder / "league" / "player_game.parquet", columns=["game_date"])
    through, day = map(str, games["game_date"].unique().sort().to_list()[-3:-1])
    run = ["run", day, "--market", "points", "--model", "catboost_v9", "--model", "ewma_hl8"]
    said["day"] = day
    said["train"] = tipoff("train", "catboost_v9", "--through", through, "--json", cwd=folder).json
    said["run"] = tipoff(*run, "--json", cwd=folder).json
    said |= together({"first slate": ["slate", day, "--all-models"]}, folder)
    first = said["first slate"]["predictions"][0]
    looks = {
        "run again": run, "regenerate": ["regenerate", day, "--reason", "the owner asked"],
        "diff": ["diff", "1", "2", day], "slate": ["slate", day, "--all-models"],
        "player": ["player", first["player"], day], "explain": ["explain", first["prediction_id"]],
        "grade": ["grade", day], "scoreboard": ["scoreboard", "--record", "backfill"],
        "models list": ["models", "list", "--on", day], "doctor": ["doctor"],
    }  # fmt: skip
    said |= together(looks, folder)
    said["reproduce"] = tipoff("reproduce", said["run"]["run_id"], "--json", cwd=folder).json
    return said


def test_importing_the_same_folder_again_adds_no_row(answers: dict[str, Any]) -> None:
    assert answers["import"]["simulated"] is True
    assert answers["import"]["new_rows"] > 1000
    assert answers["import again"]["new_rows"] == 0


def test_a_run_publishes_a_set_its_schema_accepts_and_again_has_nothing_to_do(
    answers: dict[str, Any],
) -> None:
    for name, command in (("run", "run"), ("run again", "run"), ("slate", "slate")):
        schema = json.loads((SCHEMAS / f"{command}.schema.json").read_text(encoding="utf-8"))
        jsonschema.validate(answers[name], schema, cls=jsonschema.Draft202012Validator)
    first, again = answers["run"], answers["run again"]
    assert (first["nothing_to_do"], again["nothing_to_do"]) == (False, True)
    assert first["publication_id"] == again["publication_id"]
    assert again == first | {"nothing_to_do": True}
    assert first["expected"] == first["predicted"] + sum(first["refused"].values())
    slate = answers["first slate"]
    assert {p["model"] for p in slate["predictions"]} == {"catboost_v9", "ewma_hl8"}
    assert len(slate["predictions"]) == first["predicted"]
    assert first["simulated"] is True
    assert first["backfill"] is True


def test_a_new_process_reproduces_a_set_though_it_was_superseded(answers: dict[str, Any]) -> None:
    assert answers["reproduce"]["reproduced"] is True
    assert answers["reproduce"]["checked"] == answers["run"]["predicted"]


def test_regenerating_supersedes_and_a_diff_of_the_two_compares_them(
    answers: dict[str, Any],
) -> None:
    assert answers["regenerate"]["nothing_to_do"] is False
    assert answers["regenerate"]["publication"]["kind"] == "regenerate"
    diff, slate = answers["diff"], answers["slate"]
    assert diff["date"] == answers["day"]
    assert slate["publication"]["seq"] == 2
    assert slate["publication"]["reason"] == "the owner asked"
    assert slate["publication"]["parent"] == answers["run"]["publication_id"]
    assert (diff["removed"], diff["changed"]) == (0, 0)


def test_a_player_and_an_explanation_are_those_of_the_slate(answers: dict[str, Any]) -> None:
    first = answers["first slate"]["predictions"][0]
    ids = {p["prediction_id"] for p in answers["player"]["predictions"]}
    assert first["prediction_id"] in ids
    assert answers["explain"]["prediction"]["median"] == first["median"]
    assert answers["explain"]["model"]["model"] == first["model"]
    assert answers["explain"]["features"]


def test_the_slate_is_graded_and_shown_in_the_record_of_backfills(answers: dict[str, Any]) -> None:
    report = answers["grade"]
    assert report["date"] == answers["day"]
    assert report["new"] > 0
    assert report["outcomes"]["pending"] == 0
    assert answers["scoreboard"]["record"] == "backfill"
    assert "catboost_v9" in {e["model"] for e in answers["scoreboard"]["entries"]}


def test_models_and_findings_are_listed(answers: dict[str, Any]) -> None:
    assert answers["train"]["model_id"] in {m["model_id"] for m in answers["models list"]["models"]}
    roles = {m["model"]: m["roles"].get("points") for m in answers["models list"]["models"]}
    assert roles["catboost_v9"] == "champion"
    assert answers["doctor"]["simulated"] is True
    assert answers["doctor"]["checks"]


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (("run", "2025-1-1"), 2, "'2025-1-1' is not a date"),
        (("slate", "2025-01-10"), 1, "tipoff-lake"),
        (("import", "nowhere"), 2, "nowhere"),
    ],
    ids=["a bad date", "no lake", "a missing folder"],
)
def test_what_cannot_be_answered_says_why_and_what_next_on_stderr(
    words: tuple[str, ...], code: int, said: str, tmp_path: Path
) -> None:
    tipoff(*words, cwd=tmp_path).refuses(code, said)
    assert list(tmp_path.iterdir()) == []
