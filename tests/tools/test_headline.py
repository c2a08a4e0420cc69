"""README's headline is what the pages of the backtests say, bad markets like good ones."""

import pytest

from tools.pages import headline

PAGE = """### points: with a line

| model | n | CRPS - EWMA's |
| --- | ---: | ---: |
| {model} | 12 | -0.150 [-0.181, -0.119] |

| model | n | CRPS - line's |
| --- | ---: | ---: |
| {model} | 7 | {cell} |

### rebounds: with a line
"""


def test_readme_shows_what_the_pages_say_now() -> None:
    assert headline.README.read_text("utf-8") == headline.page(), (
        "run python -m tools.pages.headline"
    )


@pytest.mark.parametrize(
    ("cell", "said"),
    [
        ("-0.0171 [-0.0238, -0.0107]", "better"),
        ("+0.0315 [+0.0122, +0.0506]", "**worse**"),
        ("-0.0028 [-0.0073, +0.0017]", "no difference shown"),
    ],
)
def test_an_interval_on_both_sides_of_zero_is_neither_better_nor_worse(
    cell: str, said: str
) -> None:
    text = PAGE.format(model=headline.MODEL, cell=cell)
    seen = headline.difference(text, "points: with a line", "CRPS - line's")
    assert seen is not None
    assert seen.n == 7
    assert seen.words.endswith(said)


def test_a_market_without_lines_has_no_difference_from_them() -> None:
    text = PAGE.format(model=headline.MODEL, cell="-")
    assert headline.difference(text, "points: with a line", "CRPS - line's") is None
    assert headline.difference(text, "rebounds: with a line", "CRPS - line's") is None
