"""What changes the fingerprint of a set, and what must not: over every module on the way."""

from __future__ import annotations

import ast
import random
from collections.abc import Callable, Iterator
from dataclasses import asdict, replace
from functools import cache, partial
from pathlib import Path

import pytest

import tipoff
from tests.builds import become_another_build
from tipoff.fingerprint import CODE, NO_NUMBER, Code
from tipoff.lake.tables import KEYS
from tipoff.markets import MARKETS
from tipoff.models import code_of
from tipoff.models.families import FAMILIES
from tipoff.normal import SAYING, normal_module

ROOT = Path(tipoff.__file__).parent
SEED, EDITS = 20_250_110, 400
FAMILY_MODULES = {name: type(family).__module__ for name, family in FAMILIES.items()}


@cache
def on_the_way() -> dict[str, str]:
    """Module -> source, of all that can change a number of some set."""
    code = code_of(FAMILY_MODULES, MARKETS)
    names = {*code.modules, *(n for modules in code.families.values() for n in modules)}
    return {name: source_of(name) for name in sorted(names)}


def source_of(name: str) -> str:
    place = ROOT.parent.joinpath(*name.split("."))
    path = place.with_suffix(".py")
    return (path if path.is_file() else place / "__init__.py").read_text("utf-8")


def digest(tree: ast.AST) -> str:
    return normal_module(ast.unparse(tree)).digest


class Reworded(ast.NodeTransformer):
    """Everything said to people in other words, every annotation another one."""

    def visit_Expr(self, node: ast.Expr) -> ast.AST:
        if isinstance(node.value, ast.Constant):
            return ast.Expr(ast.Constant("Other words."))
        called = node.value.func if isinstance(node.value, ast.Call) else None
        if isinstance(called, ast.Name) and called.id in SAYING:
            return ast.Expr(ast.Call(called, [ast.Constant("elsewhere")], []))
        return self.generic_visit(node)

    def visit_Raise(self, node: ast.Raise) -> ast.AST:
        if isinstance(node.exc, ast.Call):
            node.exc.args, node.exc.keywords = [ast.Constant("another message")], []
        return node

    def visit_FunctionDef(self, node: ast.FunctionDef) -> ast.AST:
        for decorator in node.decorator_list:
            if isinstance(decorator, ast.Call) and ast.unparse(decorator.func) == "gate":
                decorator.keywords = []
        node.returns = None
        for argument in (*node.args.args, *node.args.kwonlyargs):
            argument.annotation = ast.Name("Any")
        return self.generic_visit(node)


@pytest.mark.parametrize("name", sorted(on_the_way()))
def test_other_words_comments_and_line_breaks_are_the_same_code(name: str) -> None:
    source = on_the_way()[name]
    reworded = ast.fix_missing_locations(Reworded().visit(ast.parse(source)))
    assert digest(reworded) == normal_module(source).digest
    assert normal_module(f"# a comment\n{source}\n\n\n# another\n").digest == digest(reworded)


def edits(tree: ast.Module) -> Iterator[Callable[[], None]]:
    """Every way to change one number, text, comparison, operator or name that is executed."""
    for node in executed(tree):
        value = node.value if isinstance(node, ast.Constant) else None
        if isinstance(value, int | float) and not isinstance(value, bool):
            yield partial(setattr, node, "value", value + 1)
        elif isinstance(value, str) and value.strip():
            yield partial(setattr, node, "value", f"{value}x")
        elif isinstance(node, ast.Compare):
            yield partial(setattr, node, "ops", [_other(node.ops[0]), *node.ops[1:]])
        elif isinstance(node, ast.BinOp):
            yield partial(setattr, node, "op", ast.MatMult())
        elif isinstance(node, ast.Attribute):
            yield partial(setattr, node, "attr", f"{node.attr}_other")


def _other(op: ast.cmpop) -> ast.cmpop:
    return ast.Lt() if isinstance(op, ast.NotIn) else ast.NotIn()


def executed(node: ast.AST) -> Iterator[ast.AST]:
    """The nodes that are not said to people, not annotations and not there for types alone."""
    if isinstance(node, ast.Raise | ast.Import | ast.ImportFrom):
        return
    if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant | ast.Call):
        return
    if isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING":
        return
    if isinstance(node, ast.AnnAssign) and ast.unparse(node.target) == "MARKETS":
        return  # each is a part of its own
    yield node
    for field, value in ast.iter_fields(node):
        if field not in ("annotation", "returns", "decorator_list"):
            for child in value if isinstance(value, list) else [value]:
                if isinstance(child, ast.AST):
                    yield from executed(child)


def test_another_number_text_comparison_operator_or_name_is_other_code_in_every_module() -> None:
    rng = random.Random(SEED)
    places = [
        (name, at)
        for name, source in on_the_way().items()
        for at in range(len([*edits(ast.parse(source))]))
    ]
    assert len(places) > 4000
    for name, at in rng.sample(places, EDITS):
        tree = ast.parse(on_the_way()[name])
        [*edits(tree)][at]()
        assert digest(tree) != normal_module(on_the_way()[name]).digest, (name, ast.unparse(tree))


def test_which_rows_count_how_values_are_rounded_and_sets_scored_is_on_the_way() -> None:
    every = {"lake.asof", "hashing", "features.build", "league.lines", "league.availability",
             "forecast.plan", "forecast.score", "forecast.recommend", "models.pmf"}  # fmt: skip
    assert {f"tipoff.{name}" for name in every} <= code_of([], []).modules.keys()


def test_surfaces_and_what_only_asks_are_not_on_the_way() -> None:
    rooms = ("cli", "answers", "alerts", "health", "bets", "grading", "sources")
    assert not [n for n in on_the_way() if n.split(".")[1] in rooms]
    for name in NO_NUMBER:
        assert (ROOT.parent / name.removesuffix(".*").replace(".", "/")).exists() or source_of(name)


@pytest.mark.parametrize("family", sorted(FAMILY_MODULES))
def test_a_familys_code_counts_where_it_predicts_and_nowhere_else(
    family: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    module = FAMILY_MODULES[family]
    every = code_of(FAMILY_MODULES, ["points"]).families
    others = [name for name, modules in every.items() if module not in modules]
    assert len(others) >= 3, "a family may build on another"
    with_it, without = code_of([family], ["points"]), code_of(others, ["points"])
    become_another_build(monkeypatch, module)
    assert code_of([family], ["points"]).fingerprint != with_it.fingerprint
    assert with_it.changed() == [module]
    assert code_of(others, ["points"]).fingerprint == without.fingerprint
    assert without.changed() == []


def test_a_market_declared_otherwise_is_other_code_for_sets_that_hold_it_and_no_others(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    points, both = code_of(["baseline"], ["points"]), code_of(["baseline"], ["points", "steals"])
    monkeypatch.setitem(MARKETS, "steals", replace(MARKETS["steals"], top=16))
    assert (points.changed(), both.changed()) == ([], ["steals"])
    assert code_of(["baseline"], ["points"]).fingerprint == points.fingerprint
    assert code_of(["baseline"], ["points", "steals"]).fingerprint != both.fingerprint


def test_another_natural_key_is_other_code(monkeypatch: pytest.MonkeyPatch) -> None:
    before = code_of(["baseline"], ["points"])
    monkeypatch.setitem(KEYS, "league.official", KEYS["league.official"][:1])
    assert before.changed() == ["league.official"]
    assert code_of(["baseline"], ["points"]).fingerprint != before.fingerprint


def test_a_new_market_changes_no_fingerprint_that_is_there(monkeypatch: pytest.MonkeyPatch) -> None:
    before = code_of(FAMILY_MODULES, MARKETS)
    old = tuple(MARKETS)
    monkeypatch.setitem(MARKETS, "turnovers", replace(MARKETS["steals"], counts="tov"))
    assert code_of(FAMILY_MODULES, old).fingerprint == before.fingerprint
    assert before.changed() == []


def test_a_module_nobody_imported_before_joins_as_soon_as_one_on_the_way_imports_it(
    tmp_path: Path,
) -> None:
    package = tmp_path / "tipoff"
    package.mkdir()
    (package / "__init__.py").write_text("from tipoff.low import rounded\n")
    (package / "low.py").write_text("def rounded(x):\n    return round(x, 6)\n")
    (package / "high.py").write_text("from tipoff import rounded\nY = rounded(1.0)\n")
    (package / "talk.py").write_text("from tipoff.high import Y\n")
    closure = Code(package).closure(["tipoff.high"], ["tipoff.errors"])
    assert closure.keys() == {"tipoff.high", "tipoff.low"}, "through what a package hands on"
    (package / "low.py").write_text("def rounded(x):\n    return round(x, 5)\n")
    again = Code(package).closure(["tipoff.high"], ["tipoff.errors"])
    assert {n for n in closure if closure[n] != again[n]} == {"tipoff.low"}


def test_a_package_that_hands_on_another_function_of_that_name_is_other_code(
    tmp_path: Path,
) -> None:
    package = tmp_path / "tipoff"
    package.mkdir()
    for name, digits in (("low", 6), ("lower", 5)):
        (package / f"{name}.py").write_text(f"def rounded(x):\n    return round(x, {digits})\n")
    (package / "high.py").write_text("from tipoff import rounded, Y\nX = rounded(1.0)\n")
    hands_on = "from tipoff.{} import rounded\nfrom tipoff.lower import rounded as Y\n"
    (package / "__init__.py").write_text(hands_on.format("low"))
    before = Code(package)
    assert before.closure(["tipoff.high"], ["tipoff.lower"]).keys() == {"tipoff.high", "tipoff.low"}
    (package / "__init__.py").write_text(hands_on.format("lower"))
    assert Code(package).digest("tipoff.high") != before.digest("tipoff.high")


def test_a_family_from_elsewhere_is_followed_through_its_own_package_and_into_tipoff(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    theirs = tmp_path / "their_models"
    theirs.mkdir()
    (theirs / "__init__.py").write_text("")
    (theirs / "maths.py").write_text("from tipoff.hashing import DECIMALS\nSCALE = 1.0\n")
    (theirs / "family.py").write_text("from .maths import SCALE\nfrom . import more\nimport json\n")
    (theirs / "more.py").write_text("Z = 2\n")
    monkeypatch.syspath_prepend(tmp_path)
    closure = Code(ROOT).closure(["their_models.family"])
    parts = {"their_models.family", "their_models.maths", "their_models.more", "tipoff.hashing"}
    assert closure.keys() == parts
    (theirs / "maths.py").write_text("from tipoff.hashing import DECIMALS\nSCALE = 1.1\n")
    again = Code(ROOT).closure(["their_models.family"])
    assert {n for n in closure if closure[n] != again[n]} == {"their_models.maths"}


def test_what_decides_how_rows_are_computed_or_combos_add_up_is_on_the_way() -> None:
    code = code_of(["champion"], ["pra"])
    assert {"tipoff.markets", "tipoff.lake.session"} <= code.modules.keys()
    assert {"pra", "points", "rebounds", "assists", "lake/views.sql"} <= code.declarations.keys()
    assert "steals" not in code.declarations


def test_what_people_call_a_market_is_no_code(monkeypatch: pytest.MonkeyPatch) -> None:
    before = code_of(["baseline"], ["points"])
    other = replace(MARKETS["points"], label="scoring", aliases=("scoring",))
    monkeypatch.setitem(MARKETS, "points", other)
    assert before.changed() == []


DIFFERENT = [
    ("X = 1", 'X = "1"'),
    ("class A:\n    x: int", "class A:\n    x: ClassVar[int]"),
    (
        "if TYPE_CHECKING:\n    pass\nelse:\n    X = 1",
        "if TYPE_CHECKING:\n    pass\nelse:\n    X = 2",
    ),
    ('X = """SELECT\n \'  a\'"""', 'X = """SELECT\n \' a\'"""'),
    ('X = """SELECT\n \'--a\'"""', 'X = """SELECT\n \'--b\'"""'),
    ("from .a import b", "from ..a import b"),
    ("def f(x, *, y=1): pass", "def f(x, y=1): pass"),
]


@pytest.mark.parametrize(("one", "other"), DIFFERENT)
def test_what_looks_alike_and_computes_otherwise_is_other_code(one: str, other: str) -> None:
    assert normal_module(one).digest != normal_module(other).digest


def test_a_code_that_was_stored_is_read_as_it_was() -> None:
    code = code_of(["baseline", "champion"], ["points", "pra"])
    read = type(code).from_json(code.to_json())
    assert (read.fingerprint, read.changed()) == (code.fingerprint, [])
    assert asdict(read) == asdict(code)
    assert read.declares_the_same()
    assert CODE.digest("tipoff.no_such_module") is None
