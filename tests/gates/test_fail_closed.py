"""Every gate on the register fails closed: an exception or a null in it blocks, never passes."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import partial

import pytest

from tests.gates import grades, models, runs, slates
from tests.gates.conftest import MODELS, Case
from tipoff.errors import IntegrityError
from tipoff.gates import REGISTER, gate
from tipoff.grading.promotion.gates import GATES
from tools.pages.gates import PAGE, page, registered

registered()  # imports every module, and so fills the register

Fault = Callable[[Case], None]
CASES: dict[str, tuple[Fault, Fault]] = {
    "before tip-off": (slates.moment_error, slates.moment_null),
    "facts of the moment": (slates.facts_error, slates.facts_null),
    "identity and availability": (slates.plan_error, slates.plan_null),
    "lines before tip-off": (slates.lines_error, slates.lines_null),
    "batch checks": (slates.batch_error, slates.batch_null),
    "quality": (slates.quality_error, slates.quality_null),
    "seats": (slates.seats_error, slates.seats_null),
    "manifest": (models.manifest_error, models.manifest_null),
    "artifact": (models.artifact_error, models.artifact_null),
    "contract": (models.contract_error, models.contract_null),
    "golden rows": (models.golden_error, models.golden_null),
    "snapshot seal": (models.seal_error, models.seal_null),
    "withdrawn models": (slates.withdrawn_error, slates.withdrawn_null),
    "completeness": (slates.completeness_error, slates.completeness_null),
    "pointer": (slates.pointer_error, slates.pointer_null),
    "keys": (slates.keys_error, slates.keys_null),
    "rows written": (slates.rows_error, slates.rows_null),
    "void proof": (grades.void_error, grades.void_null),
    "live record": (grades.live_error, grades.live_null),
    "decay": (grades.decay_error, grades.decay_null),
    "promotion gates": (grades.gates_error, grades.gates_null),
    "promotion": (grades.promotion_error, grades.promotion_null),
    **runs.CASES,
} | {
    f"promotion: {name}": (partial(grades.one_gate_error, name=name), null)
    for name, null in grades.NULL_CASES.items()
}
"""Gate -> what injects an exception, and what injects a null; each asserts that nothing passes."""


def test_every_gate_of_the_code_has_its_two_faults_here_and_no_other_does() -> None:
    assert set(CASES) == set(REGISTER)


def test_every_promotion_gate_is_on_the_register_by_its_name() -> None:
    assert {f"promotion: {name}" for name in GATES} == {
        name for name in REGISTER if name.startswith("promotion: ")
    }


def test_without_a_fault_both_models_predict(case: Case) -> None:
    assert all("predicted" in case.score()[model] for model in MODELS)
    assert case.bench.made.predictions.height > 0


@pytest.mark.parametrize("name", CASES)
def test_an_exception_in_a_gate_blocks(name: str, case: Case) -> None:
    CASES[name][0](case)


@pytest.mark.parametrize("name", CASES)
def test_a_null_in_a_gate_blocks(name: str, case: Case) -> None:
    CASES[name][1](case)


def test_the_page_shows_the_register() -> None:
    rows = re.findall(r"^\| ([a-zCRPS' :-]+) \| `(\S+)` \| (.+?) \| (.+?) \| (.+?) \|$",
                      PAGE.read_text("utf-8"), re.M)  # fmt: skip
    shown = {name: tuple(rest) for name, *rest in rows}
    assert shown == {
        g.name: (g.where.removeprefix("tipoff."), g.protects, g.on_error, g.on_null)
        for g in REGISTER.values()
    }


def test_the_page_is_current() -> None:
    assert PAGE.read_text("utf-8") == page(), "run python -m tools.pages.gates"


def test_a_name_is_one_gates() -> None:
    with pytest.raises(IntegrityError, match="declared twice"):
        gate("quality", protects="", on_error="", on_null="")(lambda: None)
