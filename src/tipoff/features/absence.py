"""P(absent): whether a roster member sits out tonight, as a fixed logistic in SQL.

The terms read the columns of `fx_night_states` (rosters.py): his state at the row's moment, what he
missed, and his form. Fitted once on roster rows of 2021-22 to 2023-24 (docs/features.md);
`tools/studies/fit_absence.py` prints how it does and refits it.
"""

from __future__ import annotations

STATES = ("act_today", "act_older", "none", "probable", "questionable", "doubtful", "out_older",
          "out_today")  # fmt: skip
"""What the newest row about him says at a moment, from surely there to surely out: a feature's
code is the place in this order."""

SAID = {"probable": -2.0, "questionable": 0.0, "doubtful": 1.8}
"""Logit of a daily status that is neither out nor available, in place of every other term: a
guess, fitted on nothing, because no such rows exist in the seasons the constants come from."""

CONSTANTS = {
    "none": -1.451,
    "none_missed": 1.024,
    "none_lmiss": 0.923,
    "out_today": 4.948,
    "out_older": 2.387,
    "out_older_lmiss": 0.598,
    "act_today": -1.664,
    "act_today_lmiss": 0.349,
    "act_older": -0.848,
    "act_older_lg": 1.825,
    "free_m4": -2.055,
    "free_m4_miss": 1.759,
    "free_share": -1.677,
    "free_m3": 0.008,
    "free_last": 0.563,
    "free_late": -0.178,
    "free_po": 0.272,
    "free_po_miss": 0.188,
    "free_b2b_big": 0.799,
    "none_miss_share": 0.661,
    "free_start": -0.398,
    "none_miss_tr": 0.135,
    "none_missed_big": 0.714,
}
"""The 23 constants of the logistic, by term."""

_FREE = "(state IN ('none', 'act_today', 'act_older'))::INT"
_NONE = "(state = 'none')::INT"
_MISSED = "(missed > 0)::INT"
_LMISS = "ln(1 + missed)"
_M4 = f"{_FREE} * ln(greatest(m4, 1) / 20)"

TERMS = {
    "none": _NONE,
    "none_missed": f"{_NONE} * {_MISSED}",
    "none_lmiss": f"{_NONE} * {_LMISS}",
    "out_today": "(state = 'out_today')::INT",
    "out_older": "(state = 'out_older')::INT",
    "out_older_lmiss": f"(state = 'out_older')::INT * {_LMISS}",
    "act_today": "(state = 'act_today')::INT",
    "act_today_lmiss": f"(state = 'act_today')::INT * {_LMISS}",
    "act_older": "(state = 'act_older')::INT",
    "act_older_lg": "(state = 'act_older')::INT * ln(1 + coalesce(games_since_report, 0))",
    "free_m4": _M4,
    "free_m4_miss": f"{_M4} * {_MISSED}",
    "free_share": f"{_FREE} * share10",
    "free_m3": f"{_FREE} * ln(greatest(m3, 1) / greatest(m4, 1))",
    "free_last": f"{_FREE} * (last_minutes < 0.6 * m8)::INT",
    "free_late": f"{_FREE} * (gno > 72)::INT",
    "free_po": f"{_FREE} * playoff::INT",
    "free_po_miss": f"{_FREE} * playoff::INT * {_MISSED}",
    "free_b2b_big": f"{_FREE} * b2b::INT * (m8 >= 28)::INT",
    "none_miss_share": f"{_NONE} * {_MISSED} * share10",
    "free_start": f"{_FREE} * start5",
    "none_miss_tr": f"{_NONE} * {_MISSED} * mate_back_today::INT",
    "none_missed_big": f"{_NONE} * {_MISSED} * start5",
}
"""Each term over the columns of a roster row, numbers without nulls."""


def p_absent_sql() -> str:
    """P(absent) of a roster row, rounded to 9 decimals so that sums of it are whole numbers."""
    said = " ".join(f"WHEN '{state}' THEN {logit}" for state, logit in SAID.items())
    terms = " + ".join(f"({value}) * ({TERMS[name]})" for name, value in CONSTANTS.items())
    return f"round(1 / (1 + exp(-(CASE state {said} ELSE {terms} END))), 9)"


def state_code_sql() -> str:
    """The state as its place in STATES."""
    cases = " ".join(f"WHEN '{state}' THEN {k}" for k, state in enumerate(STATES))
    return f"CASE state {cases} END"
