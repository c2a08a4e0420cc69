"""Openings of the gates between a published prediction, its grade and a model's seat."""

from __future__ import annotations

from scripts.opened_gates.opening import Opening, error, null, swallow

_OUTCOMES, _GRADE, _RECORD = "grading/outcomes.py", "grading/grade.py", "grading/record.py"
_DECAY, _SUSPICION = "grading/decay.py", "grading/backtest/suspicion.py"
_GATES, _PROMOTE = "grading/promotion/gates.py", "grading/promotion/promote.py"
_REFUSED = 'name, False, f"could not answer: {type(error).__name__}: {error}", "an answer"'
_FOUND = """    return [
        text
        for result in judged_market["everyone"]
        for text in suspicions(
            judged_market["market"], result["model"], result, lined.get(result["model"])
        )
    ]"""
_GRADED = 'graded = c.own.filter(pl.col("actual").is_finite() & pl.col("crps").is_finite())'
_NUMBERS = """    if not all(math.isfinite(found[0][name]) for name in ("value", "low", "high")):
        raise ValueError("scores that are no numbers")
"""
_ASKED = ("n", "walk-forward", "CRPS", "bias", "coverage", "tiers", "directions", "duplicate")


def _passed(gate: str, statement: str) -> Opening:
    """A figure that cannot be made is no objection."""
    made = swallow(gate, _GATES, statement, 'return True, "no figure", "none"')
    return null(gate, _GATES, made.before, made.after)


OPENINGS = (
    swallow("void proof", _OUTCOMES, "    rows = rows.with_columns(_here=_here(facts),"
            " _final=is_final().fill_null(value=False))",
            "rows = rows.with_columns(_here=_here(facts), _final=True)"),
    null("void proof", _OUTCOMES, "is_final().fill_null(value=False)",
         "is_final().fill_null(value=True)"),
    null("void proof", _OUTCOMES, '(pl.col("game_date") == facts.slate).fill_null(value=False)',
         '(pl.col("game_date") == facts.slate).fill_null(value=True)'),
    null("void proof", _OUTCOMES, "(behind <= SHORT_OF_OPPONENT)).fill_null(value=False)",
         "(behind <= SHORT_OF_OPPONENT)).fill_null(value=True)"),
    null("void proof", _OUTCOMES, "(minutes.is_null() & said)", "minutes.is_null()"),

    swallow("live record", _GRADE, "        settled = _identified(settle(made, facts), facts)",
            "settled = settle(made, facts).with_columns(live=True, backfill=False,\n"
            '    grade_id=pl.concat_str(pl.lit("grade_"), "prediction_id"))'),
    null("live record", _GRADE, '(pl.col("as_of") < tip)).fill_null(value=False)',
         '(pl.col("as_of") < tip)).fill_null(value=True)'),
    null("live record", _GRADE, 'pl.col("as_of") < tip)',
         '(pl.col("as_of") < tip).fill_null(True))'),

    error("record", _RECORD, '    scores = ", ".join(f"g.{name}" for name in ("actual", *SCORES))',
          '    scores = ", ".join(f"g.{name}" for name in ("actual", *SCORES))\n'
          "    try:\n        _counted(record)\n    except ValueError:\n"
          '        return r.query("FROM forecast.prediction")'),
    null("record", _RECORD, '"live": "live IS TRUE"', '"live": "live IS NOT FALSE"'),
    null("record", _RECORD, '"backfill": "live IS NOT TRUE"', '"backfill": "live IS FALSE"'),

    swallow("decay", _DECAY, "    signals = {} if unknown else _signals(slates)",
            'return Decay(model, market, "healthy", rows, slates.height)'),
    swallow("decay", _DECAY, "        bad = {(d.model, d.market): d for d in decay_states(r, day)"
            ' if d.state == "blocked"}', "return []"),
    null("decay", _DECAY, 'default="blocked")', 'default="healthy")'),
    null("decay", _DECAY, ".is_finite().fill_null(value=False).all()", ".is_finite().all()"),
    null("decay", _DECAY, ".is_finite().fill_null(value=False).all()", ".is_not_null().all()"),

    swallow("too good", "grading/backtest/board.py", _FOUND, "return []"),
    null("too good", _SUSPICION, '        return "points MAE is no number"', "        return None"),
    null("too good", _SUSPICION,
         """        return f"CRPS against {reference}'s has no interval on {pair['n']} rows\"""",
         "        return None"),
    null("too good", _SUSPICION, "and math.isfinite(figure)", ""),
    null("too good", _SUSPICION, "and _known(crps[\"reference\"])", ""),

    error("promotion gates", _GATES, _REFUSED, _REFUSED.replace("False", "True", 1)),
    null("promotion gates", _GATES, "return Verdict(name, *gate(candidate))",
         'return Verdict(name, *(gate(candidate) or (True, "nothing to say", "")))'),
    null("promotion gates", _PROMOTE, "if v.passed is not True]", "if v.passed is False]"),

    *(error(f"promotion: {name}", _GATES, _REFUSED,
            _REFUSED.replace("False", f'name == "{name}"', 1)) for name in _ASKED),
    null("promotion: n", _GATES, _GRADED, "graded = c.own"),
    null("promotion: n", _GATES, _GRADED, 'graded = c.own.drop_nulls(["actual", "crps"])'),
    null("promotion: walk-forward", _GATES, "    seen = c.own.height - clean",
         '    seen = c.own.filter(pl.col("trained_through") >= pl.col("slate")).height'),
    _passed("promotion: CRPS", '    found = _estimate(pairs.with_columns(crps=pl.col("crps") -'
            ' pl.col("crps_other")), metrics.crps)'),
    _passed("promotion: bias", "    value, low, high, scale = _bias(c.own)"),
    _passed("promotion: coverage", "    found = _estimate(c.own, metrics.coverage80)"),
    _passed("promotion: tiers", "        value, low, high, scale = _bias(part)"),
    null("promotion: tiers", _GATES, _NUMBERS, ""),
    null("promotion: tiers", _GATES, "return judged > 0 and not bad, text", "return not bad, text"),
    null("promotion: directions", _GATES,
         'picks = c.own.filter(pl.col("recommendation").is_in(["OVER", "UNDER"]))',
         'picks = c.own.with_columns(recommendation=pl.when(pl.int_range(pl.len()) % 2 == 0)'
         '.then(pl.lit("OVER")).otherwise(pl.lit("UNDER")))'),
    null("promotion: directions", _GATES, "good = picks.height >= MIN_PICKS and MIN_SIDE <="
         " share <= 1 - MIN_SIDE", "good = not (share < MIN_SIDE or share > 1 - MIN_SIDE)"),
    null("promotion: duplicate", _GATES, "        if gaps.null_count():",
         "        if not gaps.count():\n            continue\n        if gaps.null_count():"),
    null("promotion: duplicate", _GATES, "        if gaps.null_count():",
         "        if gaps.null_count() == gaps.len():"),

    swallow("promotion", _PROMOTE, "    promote(lake, judged.model_id, judged.market, reason,"
            " available=available, record=record)"),
    error("promotion", _PROMOTE, "    if judged.objections and not force:",
          "    try:\n        objections = judged.objections\n    except ValueError:\n"
          "        objections, force = [], False\n"
          "        return promote(lake, judged.model_id, judged.market, reason,"
          " available=available)\n    if objections and not force:"),
    null("promotion", _PROMOTE, "if v.passed is not True]", "if v.passed is False]"),
    null("promotion", _PROMOTE, '        return [f"{v.gate}: {v.figure} (bar: {v.bar})" for v in'
         ' said] + [\n            f"{name}: not asked" for name in silent\n        ]',
         '        return [f"{v.gate}: {v.figure} (bar: {v.bar})" for v in said]'),
)  # fmt: skip
