"""tools/try_wheel names what an archive lacks and what it should not have."""

from tools.try_wheel import problems

FILES = {"src/tipoff/a.py", "src/tipoff/b.sql", "tests/test_a.py", "LICENSE"}
WHEEL = {"tipoff/a.py", "tipoff/b.sql", "tipoff-1.dist-info/METADATA"}
SDIST = FILES | {"PKG-INFO"}


def test_whole_archives_have_no_problem() -> None:
    assert problems(WHEEL, SDIST, FILES) == []


def test_a_wheel_that_lacks_sql_or_has_tests_is_named() -> None:
    lacks, extra = problems(WHEEL - {"tipoff/b.sql"} | {"tests/test_a.py"}, SDIST, FILES)
    assert "tipoff/b.sql" in lacks
    assert "tests/test_a.py" in extra


def test_an_sdist_without_its_tests_or_with_a_stray_file_is_named() -> None:
    lacks, extra = problems(WHEEL, SDIST - {"tests/test_a.py"} | {"lake/catalog.sqlite"}, FILES)
    assert "tests/test_a.py" in lacks
    assert "lake/catalog.sqlite" in extra
