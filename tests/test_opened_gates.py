"""Every gate can be opened on purpose, both ways, and only its own case failing counts."""

import pytest

from scripts.gates_page import LAST_RUN, PAGE, page, registered
from scripts.mutants.runner import Outcome
from scripts.opened_gates.__main__ import noticed
from scripts.opened_gates.opening import Opening, error, null, swallow, unready
from scripts.opened_gates.table import OPENINGS
from tests.gates.test_fail_closed import CASES

RAISING = error("keys", "clock.py", "from datetime import", "from datetime import UTC,")


def test_every_gate_is_opened_in_both_columns_and_every_snippet_is_there_once() -> None:
    assert list(unready(OPENINGS, [gate.name for gate in registered()])) == []
    assert {opening.gate for opening in OPENINGS} == set(CASES)


def test_the_page_is_current_and_its_last_run_was_of_this_table() -> None:
    assert PAGE.read_text("utf-8") == page()
    assert f"{len(OPENINGS)} of {len(OPENINGS)} openings turned a test red" == LAST_RUN


def test_no_opening_is_listed_twice_or_changes_nothing() -> None:
    assert len(set(OPENINGS)) == len(OPENINGS)
    assert [opening for opening in OPENINGS if opening.before == opening.after] == []


@pytest.mark.parametrize(
    ("openings", "register", "said"),
    [
        ([RAISING], ["keys"], "keys: no opening of its null column"),
        ([RAISING, null("keys", "clock.py", "no such text", "")], ["keys"],
         "keys, null: clock.py holds 0 times: no such text"),
        ([RAISING, null("keys", "clock.py", "import", "")], ["keys"], "times: import"),
        ([RAISING, null("keys", "clock.py", "from datetime import", "from (")], ["keys"],
         "keys, null: "),
        ([RAISING, null("keys", "clock.py", "from datetime import", "import"),
          null("quay", "clock.py", "from datetime import", "import")], ["keys"],
         "quay: is no gate"),
    ],
)  # fmt: skip
def test_what_keeps_the_table_from_being_a_proof_is_said(
    openings: list[Opening], register: list[str], said: str
) -> None:
    assert any(said in text for text in unready(openings, register))


def test_a_swallowed_statement_keeps_its_place_and_goes_on() -> None:
    made = swallow("keys", "lake/writer.py", "    one(\n        2)", "three()\nfour()")
    assert made.after == (
        "    try:\n        one(\n            2)\n    except ValueError:\n"
        "        three()\n        four()"
    )


@pytest.mark.parametrize(
    ("status", "by", "red"),
    [
        ("killed", f"FAILED {RAISING.case} - Failed: DID NOT RAISE", True),
        ("killed", f"ERROR {RAISING.case} - its fixture fell over", False),
        ("killed", "the tests could not be imported", False),
        ("timeout", f"FAILED {RAISING.case} - late", False),
        ("survived", "", False),
    ],
)
def test_only_the_case_itself_failing_is_red(status: str, by: str, red: bool) -> None:
    assert noticed(RAISING, Outcome(status, 1.0, by)) is red
