"""The pages say what the code does: their commands run, their links and tables are complete."""

import json
import re
import shlex
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

import pytest
from typer.testing import CliRunner

from tests.long import sampled
from tests.simulated import own_copy
from tipoff import clock
from tipoff.cli import COMMANDS, app
from tipoff.forecast import slate_view
from tipoff.lake import Lake
from tipoff.settings import Settings
from tools.house_rules import broken_links
from tools.pages import tables as tables_page
from tools.pages.settings import PAGE, page

ROOT = Path(__file__).resolve().parents[1]
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]
SCHEMA = ROOT / "docs" / "schema" / "slate.schema.json"
FIELDS = (
    "prediction_id, game_id, player_id, player_key, player, team, opponent, market, model, mean, "
    "median, p10, p90, line, books, p_over, fair_over, fair_under, edge, ev, recommendation, "
    "quality, tier"
)
HEAD = (
    "date, as_of, simulated, backfill, run_id, publication_id, snapshot_id, stale, "
    "stale_because, other_build, expected, predicted, refused, predictions"
)


def commands_of(path: Path) -> list[list[str]]:
    """The words after `$ tipoff` of every line of the page's console blocks."""
    blocks = re.findall(r"^```console\n(.*?)^```$", path.read_text("utf-8"), re.M | re.S)
    lines = [line for block in blocks for line in block.splitlines() if line.startswith("$")]
    assert all(line.startswith("$ tipoff ") for line in lines), "others belong in a text block"
    return [shlex.split(line, comments=True)[2:] for line in lines]


WITH_COMMANDS = [path for path in PAGES if commands_of(path)]
SHORT = ("README", "run", "grade", "doctor")


@pytest.fixture
def words(
    published_lake: Path, league_folder: Path, slate_day: date, tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> dict[str, str]:  # fmt: skip
    """Stand in a folder with a published lake of one's own; what the placeholders mean there."""
    own_copy(published_lake, tmp_path / "tipoff-lake")
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("TIPOFF_LAKE", raising=False)
    with Lake.open("tipoff-lake") as lake, lake.reading() as r:
        prediction = slate_view(r, slate_day, market="points", model="catboost_v9").predictions[0]
        run, row = r.rows("SELECT run_id, line_ids[1] FROM forecast.prediction"
                          " WHERE line_ids[1] IS NOT NULL LIMIT 1")[0]  # fmt: skip
    return {
        "DATE": slate_day.isoformat(), "DAY_BEFORE": (slate_day - timedelta(days=1)).isoformat(),
        "ID": prediction.prediction_id, "NAME": prediction.player, "DIR": str(league_folder),
        "RUN": run, "ROW": row, "TIME": clock.now().isoformat(),
    }  # fmt: skip


@pytest.mark.parametrize(
    "path",
    sampled(WITH_COMMANDS, lambda path: path.stem in ("README", "run", "grade", "doctor")),
    ids=[path.stem for path in WITH_COMMANDS],
)
def test_the_commands_of_a_page_run(path: Path, words: dict[str, str]) -> None:
    for command in commands_of(path):
        asked = [":".join(words.get(part, part) for part in word.split(":")) for word in command]
        done = CliRunner().invoke(app, asked)
        assert done.exit_code == 0, f"tipoff {shlex.join(asked)}\n{done.output}\n{done.exception!r}"


def test_every_command_but_the_demo_has_an_example_that_runs() -> None:
    run = {word for path in PAGES for command in commands_of(path) for word in command}
    assert set(COMMANDS) - run == {"demo"}


def test_every_page_is_reached_from_how_it_works() -> None:
    text = (ROOT / "docs" / "how-it-works.md").read_text("utf-8")
    linked = set(re.findall(r"\]\((\w[\w-]*\.md)[)#]", text))
    assert {path.name for path in (ROOT / "docs").glob("*.md")} - linked == {"how-it-works.md"}


def test_links_lead_somewhere() -> None:
    assert list(broken_links()) == []


def test_anchors_of_links_are_headings() -> None:
    for path in PAGES:
        for target, anchor in re.findall(r"\]\(([^)#:\s]*)#([^)\s]+)\)", path.read_text("utf-8")):
            assert anchor in set(anchors(path.parent / target if target else path)), (path, anchor)


def anchors(path: Path) -> Iterator[str]:
    for heading in re.findall(r"^#+ (.+)$", path.read_text("utf-8"), re.M):
        yield re.sub(r"[^\w -]", "", heading).strip().lower().replace(" ", "-")


def test_the_settings_page_is_current() -> None:
    assert PAGE.read_text("utf-8") == page(), "run python -m tools.pages.settings"


def test_the_page_of_tables_is_current() -> None:
    assert tables_page.PAGE.read_text("utf-8") == tables_page.page(), (
        "run python -m tools.pages.tables"
    )


@pytest.mark.parametrize("name", Settings.model_fields)
def test_a_setting_stands_on_its_page_with_its_variable_and_default(name: str) -> None:
    default = Settings.model_fields[name].default
    assert f"| `{name}` | `TIPOFF_{name.upper()}` | `{default}` |" in page()


def test_the_json_schema_demands_what_others_rely_on() -> None:
    schema = json.loads(SCHEMA.read_text("utf-8"))
    assert set(FIELDS.split(", ")) <= set(schema["$defs"]["Prediction"]["required"])
    assert set(HEAD.split(", ")) <= set(schema["required"])


def test_the_reasons_of_a_real_refusal_stand_on_the_page_of_run(published_lake: Path) -> None:
    text = (ROOT / "docs" / "run.md").read_text("utf-8")
    names = {name for row in re.findall(r"^\| (`.+?) \|", text, re.M)
            for name in re.findall(r"`(\w+)`", row)}  # fmt: skip
    with Lake.open(published_lake) as lake, lake.reading() as r:
        seen = {reason for (reason,) in r.rows("SELECT DISTINCT reason FROM forecast.refusal")}
    assert seen
    assert seen <= names


def test_the_checks_of_doctor_stand_on_its_page(published_lake: Path) -> None:
    text = (ROOT / "docs" / "doctor.md").read_text("utf-8")
    asked = ["--lake", str(published_lake), "doctor", "--json"]
    checks = json.loads(CliRunner().invoke(app, asked).stdout)["checks"]
    assert [f["name"] for f in checks] == re.findall(r"^\| ([a-z -]+) \| (?!meaning)", text, re.M)
