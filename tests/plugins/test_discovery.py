"""Where plug-ins come from: entry points, a tipoff.toml that was named or lies beside the lake, and
objects; never whatever lies in the working folder."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

import tipoff
from tests.plugins.toys import Ridge, forget
from tests.simulated import own_copy
from tipoff import installed
from tipoff.app import know_plugins
from tipoff.errors import UsageError
from tipoff.features import remove_feature
from tipoff.installed import BROKEN
from tipoff.models import parse_model
from tipoff.models.families import FAMILIES
from tipoff.plugins import add_plugin, load_plugins
from tipoff.settings import settings
from tipoff.sources.plugins import source_of

_MODULE = """
from pathlib import Path
from tests.plugins.toys import Ridge

Path(__file__).with_name("imported").touch()

class Mine(Ridge):
    def __init__(self, alpha=1.0):
        super().__init__(alpha, name="{name}")

made = Mine(alpha=3.0)
nothing = object()

class Demanding(Ridge):
    def __init__(self, alpha):
        super().__init__(alpha)
"""


@pytest.fixture(autouse=True)
def _families_as_before() -> Iterator[None]:
    before = set(FAMILIES)
    yield
    BROKEN.clear()
    for name in set(FAMILIES) - before:
        forget(name)


def plugin(folder: Path, name: str, spec: str = "Mine") -> Path:
    """A folder with a module `name` and a tipoff.toml that lists what `spec` names of it."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / f"{name}.py").write_text(_MODULE.format(name=name), encoding="utf-8")
    (folder / "tipoff.toml").write_text(f'plugins = ["{name}:{spec}"]\n', encoding="utf-8")
    return folder


def lake_in(folder: Path) -> Path:
    """A folder that is a lake's as far as a catalog makes it one."""
    lake = folder / "lake"
    lake.mkdir(parents=True, exist_ok=True)
    (lake / "catalog.sqlite").touch()
    return lake


def is_known(name: str) -> bool:
    return f"plugin:{name}" in FAMILIES


@pytest.mark.parametrize("where", ["lake", "."])
def test_a_plugin_is_found_in_the_lakes_folder_and_next_to_it(tmp_path: Path, where: str) -> None:
    name = "found_inside" if where == "lake" else "found_beside"
    plugin(tmp_path / where, name, "made")
    path = list(sys.path)
    load_plugins(lake_in(tmp_path))
    assert parse_model(name).family == f"plugin:{name}"
    assert FAMILIES[f"plugin:{name}"].parameters(parse_model(name))["parameters"] == {"alpha": 3.0}
    assert sys.path == path
    known = FAMILIES[f"plugin:{name}"]
    load_plugins(lake_in(tmp_path))
    assert FAMILIES[f"plugin:{name}"] is known


def test_one_of_the_working_folder_is_not_run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    stranger = plugin(tmp_path / "stranger", "of_a_stranger")
    monkeypatch.chdir(stranger)
    load_plugins(lake_in(tmp_path / "mine"))
    assert settings().plugin_seconds == 60  # its list is no unknown setting either
    assert not (stranger / "imported").exists()
    assert not is_known("of_a_stranger")


def test_one_beside_the_lake_by_default_is_not_run_until_that_lake_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, trained_lake: Path
) -> None:
    own_copy(trained_lake, plugin(tmp_path, "by_default") / "tipoff-lake")
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("TIPOFF_LAKE", raising=False)
    tipoff.open().close()
    assert not (tmp_path / "imported").exists()
    monkeypatch.setenv("TIPOFF_LAKE", "./tipoff-lake")
    tipoff.open().close()
    assert is_known("by_default")


def test_one_beside_a_lake_that_the_working_folder_names_is_not_run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    lake_in(plugin(tmp_path / "x", "led_to"))
    (tmp_path / "tipoff.toml").write_text('lake = "x/lake"\n', encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("TIPOFF_LAKE", raising=False)
    know_plugins()
    assert settings().lake == "x/lake"
    assert not (tmp_path / "x" / "imported").exists()


def test_one_beside_a_lake_that_is_not_there_is_not_run(tmp_path: Path) -> None:
    plugin(tmp_path, "beside_nothing")
    load_plugins(tmp_path / "lake")
    assert not (tmp_path / "imported").exists()


def test_a_named_one_counts_wherever_it_lies(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    plugin(tmp_path / "beside", "not_asked")
    first = plugin(tmp_path / "first", "by_argument") / "tipoff.toml"
    second = plugin(tmp_path / "second", "by_variable") / "tipoff.toml"
    load_plugins(lake_in(tmp_path / "beside"), config=first)
    monkeypatch.setenv("TIPOFF_CONFIG", str(second))
    load_plugins(lake_in(tmp_path / "beside"))
    assert [is_known(n) for n in ("by_argument", "by_variable", "not_asked")] == [True, True, False]
    monkeypatch.setenv("TIPOFF_CONFIG", str(tmp_path / "none.toml"))
    with pytest.raises(UsageError, match=r"none\.toml"):
        load_plugins(lake_in(tmp_path / "beside"))


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give a file away")
def test_one_that_somebody_else_laid_beside_the_lake_is_not_run(tmp_path: Path) -> None:
    folder = plugin(tmp_path, "laid_there")
    os.chown(folder / "tipoff.toml", 12345, 12345)
    load_plugins(lake_in(tmp_path))
    assert not (folder / "imported").exists()
    os.chown(tmp_path / "lake", 12345, 12345)
    load_plugins(lake_in(tmp_path))
    assert is_known("laid_there")


@pytest.mark.parametrize("place", ["tipoff.toml", "open_to_all.py", "."])
def test_one_that_others_may_change_is_not_run_beside_a_lake(tmp_path: Path, place: str) -> None:
    folder = plugin(tmp_path, "open_to_all")
    (folder / place).chmod((folder / place).stat().st_mode | 0o002)
    with pytest.raises(UsageError, match="changed by others"):
        load_plugins(lake_in(tmp_path))
    assert not (folder / "imported").exists()


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give a file away")
@pytest.mark.parametrize("which", ["module", "folder"])
def test_nor_one_that_another_user_or_group_may_change(tmp_path: Path, which: str) -> None:
    name = f"{which}_of_a_group"
    lake = lake_in(plugin(tmp_path, name))
    thing = tmp_path / f"{name}.py" if which == "module" else tmp_path
    os.chown(thing, 12345, -1)
    with pytest.raises(UsageError, match="changed by others"):
        load_plugins(lake)
    os.chown(thing, os.geteuid(), 12345)
    thing.chmod(thing.stat().st_mode | 0o020)
    with pytest.raises(UsageError, match="changed by others"):
        load_plugins(lake)
    assert not (tmp_path / "imported").exists()
    os.chown(thing, -1, os.getegid())
    load_plugins(lake)
    assert is_known(name)


def test_an_installed_distribution_brings_its_plugins(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    plugin(tmp_path, "installed_one")
    about = tmp_path / "acme_nba-1.2.dist-info"
    about.mkdir()
    (about / "METADATA").write_text("Metadata-Version: 2.1\nName: acme-nba\nVersion: 1.2\n")
    (about / "entry_points.txt").write_text("[tipoff.models]\nany = installed_one:Mine\n")
    (about / "RECORD").write_text("installed_one.py,,\n")
    monkeypatch.syspath_prepend(str(tmp_path))
    installed._installed.cache_clear()
    try:
        load_plugins(None)
        assert is_known("installed_one")
        assert installed.library_version("installed_one") == "acme-nba 1.2"
    finally:
        monkeypatch.undo()
        installed._installed.cache_clear()


def test_objects_are_registered_once_and_by_name() -> None:
    load_plugins(None, objects=[Ridge, Ridge(alpha=1.0)])
    assert parse_model("my_ridge").family == "plugin:my_ridge"

    class Other(Ridge):
        pass

    with pytest.raises(UsageError, match="my_ridge"):
        add_plugin(Other())


@pytest.mark.parametrize("spec", ["nothing", "missing", "Demanding", ""])
def test_what_is_wrong_with_a_plugin_is_said_with_its_name(tmp_path: Path, spec: str) -> None:
    name = f"wrong_{spec.lower()}"
    plugin(tmp_path, name, spec)
    (error,) = load_plugins(lake_in(tmp_path))
    assert name in error.message
    assert error.next_step


@pytest.mark.parametrize(
    ("text", "said"),
    [("def (:", "line 1"), ("import no_such_library", ":1)"), ("\n1 / 0", ":2)")],
)
def test_a_broken_plugin_is_named_with_its_line_and_the_others_are_there(
    tmp_path: Path, text: str, said: str
) -> None:
    name = f"well_beside_{said[1]}"
    config = plugin(tmp_path, name) / "tipoff.toml"
    (tmp_path / "broken.py").write_text(text, encoding="utf-8")
    config.write_text(f'plugins = ["broken:Model", "{name}:Mine"]', encoding="utf-8")
    (error,) = load_plugins(lake_in(tmp_path))
    assert "broken.py" in error.message
    assert said in error.message
    assert is_known(name)
    with pytest.raises(UsageError, match=r"broken\.py"):
        parse_model("its_model")
    with pytest.raises(UsageError, match=r"broken\.py"):
        source_of("its_source")


def test_a_model_may_be_listed_before_the_feature_it_reads(tmp_path: Path) -> None:
    plugin(tmp_path, "before_its_feature")
    with (tmp_path / "before_its_feature.py").open("a", encoding="utf-8") as module:
        module.write(
            "\nfrom tipoff.features import mean\nshots = mean('fga', last=17)\n"
            "made.features = ('fga_mean_last_17',)\n"
        )
    listed = '["before_its_feature:made", "before_its_feature:shots"]'
    (tmp_path / "tipoff.toml").write_text(f"plugins = {listed}", encoding="utf-8")
    try:
        assert load_plugins(lake_in(tmp_path)) == ()
        assert is_known("before_its_feature")
    finally:
        remove_feature("fga_mean_last_17")


@pytest.mark.parametrize("part", ["features", "optional"])
def test_a_feature_that_nobody_declared_is_noticed_at_once_with_the_nearest(part: str) -> None:
    model = Ridge()
    setattr(model, part, ("{market}_avg_last_five",))
    with pytest.raises(UsageError, match="_avg_last_five") as refused:
        add_plugin(model)
    assert "_avg_last_5" in refused.value.next_step
    setattr(model, part, ("{team}_avg_last_5",))
    with pytest.raises(UsageError, match="team"):
        add_plugin(model)


def test_commands_that_read_go_on_without_a_broken_plugin_and_say_so(
    trained_lake: Path, tmp_path: Path
) -> None:
    own_copy(trained_lake, tmp_path / "lake")
    (tmp_path / "tipoff.toml").write_text('plugins = ["broken_one:Model"]', encoding="utf-8")
    (tmp_path / "broken_one.py").write_text("import no_such_library", encoding="utf-8")

    def command(*words: str) -> subprocess.CompletedProcess[str]:
        program = "from tipoff.cli import command; command()"
        line = [sys.executable, "-c", program, "--lake", str(tmp_path / "lake"), *words, "--json"]
        return subprocess.run(line, capture_output=True, text=True)

    read = command("models", "list")
    assert (read.returncode, bool(json.loads(read.stdout)["models"])) == (0, True)
    assert read.stderr.count("\n") == read.stderr.count("broken_one.py:1") == 1
    checks = {check["name"]: check for check in json.loads(command("doctor").stdout)["checks"]}
    assert checks["broken plug-ins"]["level"] == "problem"
    refused = command("train", "my_model", "--through", "2024-01-01")
    assert refused.returncode == 2
    assert "broken_one" in json.loads(refused.stdout)["error"]["message"]
    with pytest.warns(UserWarning, match="broken_one"):
        tipoff.open(tmp_path / "lake").close()


@pytest.mark.parametrize("text", ["plugins = 3", "plugins = [1]", "plugins = ["])
def test_a_list_that_is_none_is_an_error(tmp_path: Path, text: str) -> None:
    (tmp_path / "tipoff.toml").write_text(text, encoding="utf-8")
    with pytest.raises(UsageError, match=r"tipoff\.toml"):
        load_plugins(lake_in(tmp_path))


def test_settings_in_a_file_that_is_read_for_its_plugins_alone_are_an_error(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    config = plugin(tmp_path, "with_settings") / "tipoff.toml"
    text = config.read_text("utf-8")
    config.write_text(f"min_edge = 3.0\n{text}", encoding="utf-8")
    for lake, asked in ((lake_in(tmp_path), None), (None, config)):
        with pytest.raises(UsageError, match="min_edge") as refused:
            load_plugins(lake, config=asked)
        assert str(config) in refused.value.next_step
    assert not (tmp_path / "imported").exists()
    monkeypatch.setenv("TIPOFF_CONFIG", str(config))
    load_plugins(lake_in(tmp_path))
    assert (settings().min_edge, is_known("with_settings")) == (3.0, True)


def test_those_of_the_working_folders_file_beside_a_named_lake_count(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    config = plugin(tmp_path, "project") / "tipoff.toml"
    config.write_text("min_edge = 3.0\n" + config.read_text("utf-8"), encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    lake_in(tmp_path)
    load_plugins("lake")
    assert (settings().min_edge, is_known("project")) == (3.0, True)


def test_a_module_whose_name_is_taken_is_not_mistaken_for_the_other(tmp_path: Path) -> None:
    plugin(tmp_path / "one", "same_name")
    plugin(tmp_path / "two", "same_name")
    load_plugins(lake_in(tmp_path / "one"))
    (error,) = load_plugins(lake_in(tmp_path / "two"))
    assert "same_name" in error.message


@pytest.mark.parametrize("kind", ["loose", "below", "lazy"])
@pytest.mark.parametrize("own", [True, False])
def test_a_plugin_never_gets_the_module_of_another_folder_that_it_names_too(
    tmp_path: Path, kind: str, own: bool
) -> None:
    """Of two plug-ins that import a module of one name the second is refused, with one or none."""
    name = f"helps_{kind}_{own}".lower() + (".inner" if kind == "below" else "")
    for n, folder in enumerate(("one", "two")):
        module = plugin(tmp_path / folder, f"{folder}_{kind}_{own}".lower())
        text = f"from {name} import SHARE\n"
        if n and kind == "lazy":
            text = f"def later():\n    from {name} import SHARE\n"
        file = module / f"{folder}_{kind}_{own}.py".lower()
        file.write_text(text + file.read_text("utf-8"), encoding="utf-8")
        if n == 0 or own:
            helper = (module / name.replace(".", "/")).with_suffix(".py")
            helper.parent.mkdir(exist_ok=True)
            helper.write_text(f"SHARE = {n}\n", encoding="utf-8")
    load_plugins(lake_in(tmp_path / "one"))
    for _ in range(2):
        (refused,) = load_plugins(lake_in(tmp_path / "two"))
        for part in (name, str(tmp_path / "one"), str(tmp_path / "two")):
            assert part in refused.message
    assert not is_known(f"two_{kind}_{own}".lower())
    load_plugins(lake_in(tmp_path / "one"))


def test_modules_of_one_folder_share_what_they_import(tmp_path: Path) -> None:
    plugin(tmp_path, "shares_one")
    plugin(tmp_path, "shares_two")
    (tmp_path / "shared_part.py").write_text("SHARE = 1\n", encoding="utf-8")
    for file in tmp_path.glob("shares_*.py"):
        file.write_text(f"import shared_part\n{file.read_text('utf-8')}", encoding="utf-8")
    both = 'plugins = ["shares_one:Mine", "shares_two:Mine"]'
    (tmp_path / "tipoff.toml").write_text(both, encoding="utf-8")
    load_plugins(lake_in(tmp_path))
    assert is_known("shares_one")
    assert is_known("shares_two")


def test_what_a_plugin_prints_when_it_is_made_is_no_part_of_a_commands_answer(
    trained_lake: Path, tmp_path: Path
) -> None:
    own_copy(trained_lake, plugin(tmp_path, "talking", "Talking") / "lake")
    talking = """
class Talking(Mine):
    def __init__(self):
        import pandas
        super().__init__()
        print("made with", pandas.DataFrame().shape)
"""
    with (tmp_path / "talking.py").open("a", encoding="utf-8") as module:
        module.write(talking)
    program = "from tipoff.cli import command; command()"
    words = ["--lake", str(tmp_path / "lake"), "models", "list", "--json"]
    done = subprocess.run([sys.executable, "-c", program, *words], capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
    assert json.loads(done.stdout)["models"]
    assert done.stderr.count("made with (0, 0)") == 1


def test_without_plugins_nothing_is_imported_for_them(tmp_path: Path) -> None:
    code = (
        "import sys; from tipoff.plugins import load_plugins; load_plugins(sys.argv[1]);"
        "print([m for m in ('sklearn', 'skops', 'tipoff.models')"
        " if m in sys.modules])"
    )
    words = [sys.executable, "-c", code, str(lake_in(tmp_path))]
    done = subprocess.run(words, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
