"""Tables fit the terminal: less important columns go first, then names are cut."""

import pytest

from tipoff.cli.columns import Column, fitted, page, wrapped

ROWS = [{"name": "Giannis Antetokounmpo", "line": "31.5", "id": "pred_12345678"},
        {"name": "Bo", "line": "-", "id": "pred_9"}]  # fmt: skip
COLUMNS = (
    Column("name", lambda row: row["name"], least=8, right=False),
    Column("line", lambda row: row["line"]),
    Column("id", lambda row: row["id"], drop=1, right=False),
)


@pytest.mark.parametrize("width", range(14, 60))
def test_no_line_is_wider_than_the_terminal(width: int) -> None:
    assert max(map(len, fitted(COLUMNS, ROWS, width))) <= width


def test_where_there_is_room_everything_is_shown_in_full() -> None:
    head, first, second = fitted(COLUMNS, ROWS, 200)
    assert head.split() == ["name", "line", "id"]
    assert first.split() == ["Giannis", "Antetokounmpo", "31.5", "pred_12345678"]
    assert second == "Bo                        -  pred_9"


def test_the_least_important_column_goes_before_a_name_is_cut() -> None:
    assert fitted(COLUMNS, ROWS, 27)[1] == "Giannis Antetokounmpo  31.5"
    assert fitted(COLUMNS, ROWS, 14)[1] == "Giannis…  31.5"


def test_no_rows_are_a_head_alone() -> None:
    assert fitted(COLUMNS, [], 80) == ["name  line  id"]


def test_a_line_of_text_is_wrapped_under_its_column_and_loses_no_word() -> None:
    text = "ok       line coverage: 67% of predicted players have a line, the rest have none"
    lines = wrapped(text, 40).split("\n")
    assert max(map(len, lines)) <= 40
    assert [line.index(line.split()[0]) for line in lines[1:]] == [9] * (len(lines) - 1)
    assert " ".join(wrapped(text, 40).split()) == " ".join(text.split())


def test_an_id_and_a_path_are_never_broken() -> None:
    path = "/a/folder-of-mine/" + "x" * 60
    assert path in wrapped(f"written to {path}", 40).split()


def test_a_markdown_table_that_is_too_wide_goes_on_below_with_its_first_column() -> None:
    table = "## h\n| model | a |  same |  same |\n| --- | -: | -: | -: |\n| m | 1 | 2 | 3 |\nend"
    assert page(table, 80).split("\n") == ["## h", "model  a  same  same", "m      1     2     3",
                                           "end"]  # fmt: skip
    narrow = page(table, 15).split("\n")
    assert narrow == ["## h", "model  a  same", "m      1     2", "", "model  same", "m         3",
                      "end"]  # fmt: skip
