"""Tables fit the terminal: less important columns go first, then names are cut."""

import pytest

from tipoff.cli.columns import Column, fitted

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
