"""Equal things have equal ids, and different things have different ones."""

from __future__ import annotations

import math
import re
from datetime import UTC, date, datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tipoff.hashing import canonical, content_id, file_sha256, normal_sql

LEAVES = st.none() | st.booleans() | st.integers() | st.text() | st.floats() | st.dates()
VALUES = st.recursive(
    LEAVES, lambda v: st.lists(v, max_size=4) | st.dictionaries(st.text(), v, max_size=4)
)
ZONES = st.timedeltas(timedelta(hours=-14), timedelta(hours=14)).map(
    lambda d: timezone(timedelta(minutes=d // timedelta(minutes=1)))
)
MOMENTS = st.datetimes(datetime(1990, 1, 1), datetime(2100, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001


def backwards(value: Any) -> Any:
    """The same value with every mapping written in the opposite order."""
    if isinstance(value, dict):
        return {k: backwards(v) for k, v in reversed(value.items())}
    return [backwards(v) for v in value] if isinstance(value, list) else value


@given(VALUES)
def test_the_order_of_keys_does_not_matter(value: Any) -> None:
    assert content_id("x", backwards(value)) == content_id("x", value)


@given(st.lists(st.integers(), min_size=2, max_size=4, unique=True))
def test_the_order_of_a_list_does_matter(value: list[int]) -> None:
    assert content_id("x", value[::-1]) != content_id("x", value)


@given(VALUES)
def test_an_id_is_its_prefix_and_24_hex_digits(value: Any) -> None:
    assert re.fullmatch(r"pred_[0-9a-f]{24}", content_id("pred", value))


def test_minus_zero_is_zero_and_not_a_number_is_null() -> None:
    assert content_id("x", [-0.0]) == content_id("x", [0.0])
    assert content_id("x", {"a": math.nan}) == content_id("x", {"a": None})
    assert canonical(-math.nan) is None
    assert content_id("x", math.inf) != content_id("x", -math.inf)


@given(st.floats(allow_nan=False), st.floats(allow_nan=False))
def test_floats_have_one_id_exactly_when_they_are_equal(a: float, b: float) -> None:
    assert (content_id("x", a) == content_id("x", b)) == (a == b)
    beside = math.nextafter(a, math.inf)
    assert (content_id("x", a) == content_id("x", beside)) == (a == beside)


@given(MOMENTS, ZONES)
def test_a_moment_has_one_id_in_every_zone(moment: datetime, zone: timezone) -> None:
    assert content_id("x", moment.astimezone(zone)) == content_id("x", moment)
    assert content_id("x", moment + timedelta(microseconds=1)) != content_id("x", moment)


@given(VALUES)
def test_a_tuple_is_spelled_like_a_list(value: Any) -> None:
    assert content_id("x", (value, value)) == content_id("x", [value, value])


@pytest.mark.parametrize(
    ("one", "other"),
    [(1, 1.0), (1, True), (0, None), ("1", 1), ("", None), ([], {}), ([1, [2]], [[1], 2]),
     (date(2025, 1, 10), datetime(2025, 1, 10, tzinfo=UTC)), ({"a": None}, {})],
)  # fmt: skip
def test_things_of_different_kinds_have_different_ids(one: object, other: object) -> None:
    assert content_id("x", one) != content_id("x", other)


def test_a_type_without_a_canonical_form_is_an_error_naming_it() -> None:
    with pytest.raises(TypeError, match="object"):
        canonical([object()])


def test_comments_and_white_space_are_no_part_of_sql() -> None:
    assert normal_sql("SELECT 1 -- why\n\t +  2") == normal_sql(" SELECT 1 + 2\n")
    assert normal_sql("SELECT 1 + 2") != normal_sql("SELECT 1 + 3")


def test_a_file_hashes_by_its_bytes(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(b"abc")
    expected = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
    assert file_sha256(tmp_path / "a") == expected
