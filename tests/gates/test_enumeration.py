"""No check on the way to a publication, a grade or a seat is unseen by the register of gates."""

import re

import pytest

from tests.gates.deciders import deciders, sources
from tests.gates.exempt import PART_OF, exempt
from tests.gates.test_fail_closed import CASES
from tipoff.gates import REGISTER
from tipoff.grading.promotion.gates import GATES

REGISTERED = {gate.where for gate in REGISTER.values()}


def test_every_function_that_can_say_no_is_a_gate_or_says_why_it_is_none() -> None:
    found = set(deciders(sources()))
    assert set(CASES) == set(REGISTER), "importing the cases has imported all of tipoff"
    assert sorted(found - REGISTERED - set(exempt())) == []


def test_no_exemption_is_out_of_date_given_twice_or_given_to_a_gate() -> None:
    named = exempt()
    assert sorted(named) == sorted(set(named))
    assert sorted(set(named) - set(deciders(sources()))) == []
    assert sorted(set(named) & REGISTERED) == []
    assert set(PART_OF) <= set(REGISTER)


def test_every_promotion_gate_is_on_the_register_by_its_name() -> None:
    assert {f"promotion: {name}" for name in GATES} == {
        name for name in REGISTER if name.startswith("promotion: ")
    }


@pytest.mark.parametrize(
    "text",
    [
        "def f(x):\n    raise IntegrityError('no')",
        "def f(x) -> bool:\n    return x",
        "def f(x) -> Bools:\n    return x",
        "def f(c: Candidate) -> Answer:\n    return c",
        "class A:\n    def f_moved(self):\n        return 1",
        "def refused_rows(x):\n    return x",
    ],
)
def test_a_new_check_without_a_decorator_is_seen(text: str) -> None:
    (seen,) = deciders({"tipoff.forecast.new": text})
    assert re.fullmatch(r"tipoff\.forecast\.new\.(A\.)?\w+", seen)
    assert seen not in REGISTERED
