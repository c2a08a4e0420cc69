"""Contracts: differences by name, wider tables harmless."""

import pytest

from tipoff.errors import ContractError
from tipoff.models.contract import check, make_contract, require

HAVE = {"a": "1", "b": "2", "c": "3"}
CONTRACT = make_contract({"points": ("b", "a")}, HAVE, optional=("a", "c"))


def test_a_wider_snapshot_is_harmless() -> None:
    assert check(CONTRACT, {**HAVE, "new": "9"}) == []


def test_every_difference_is_named() -> None:
    assert check(CONTRACT, {"b": "x"}) == [
        "missing feature a",
        "feature b redefined: trained on 2, snapshot has x",
    ]


def test_redefining_a_feature_nobody_reads_changes_nothing() -> None:
    assert check(CONTRACT, {**HAVE, "c": "redefined"}) == []


def test_a_contract_that_is_not_met_is_refused_with_the_whole_list() -> None:
    with pytest.raises(ContractError, match=r"missing feature a.*missing feature b") as caught:
        require("m", CONTRACT, {})
    assert caught.value.differences == ["missing feature a", "missing feature b"]


def test_a_contract_keeps_the_models_own_order_and_only_the_names_it_reads() -> None:
    assert CONTRACT.names == {"points": ("b", "a")}
    assert CONTRACT.definitions == {"a": "1", "b": "2"}
    assert CONTRACT.optional == ("a",)
    assert CONTRACT.required("points") == ("b",)


def test_a_contract_over_unknown_features_cannot_be_made() -> None:
    with pytest.raises(ContractError) as caught:
        make_contract({"points": ("a", "zz", "yy")}, HAVE)
    assert caught.value.differences == ["missing feature yy", "missing feature zz"]
