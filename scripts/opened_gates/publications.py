"""Openings of the gates between facts and what is published and shown."""

from __future__ import annotations

from scripts.opened_gates.opening import error, null, swallow

_SET, _SLATE, _PLAN = "forecast/build.py", "forecast/slate.py", "forecast/plan.py"
_SCORE, _PUBLISH, _VIEW = "forecast/score.py", "forecast/publish.py", "forecast/view.py"
_RUN, _STALE, _OVERTAKEN = "forecast/reconciliation.py", "forecast/staleness.py", (
    "forecast/overtaken.py"
)  # fmt: skip
_NEWS = """    return not (
        facts_moved(r, publication.slate, held.facts_seq, held.as_of, wanted)
        or models_moved(r, held.facts_seq)
    )"""
_PLANNED = """    return Plan(
        _with_reasons(merged).sort("game_id", "team", "player_key", nulls_last=True)
        if merged.height
        else merged.with_columns(reason=pl.lit(None, pl.String))
    )"""
_HELD = """            if holds(r, current, present(r), *asked):
                return _stored_report(r, current)"""
_CODE = """    if build is None or not _same_code(r, held, build):
        return False"""
_NO_LINES = """lines = pl.DataFrame(schema={
    "game_id": pl.String, "player_key": pl.String, "market": pl.String, "line": pl.Float64,
    "opening": pl.Float64, "books": pl.Int64, "line_ids": pl.List(pl.String),
    "over_price": pl.Float64, "under_price": pl.Float64, "market_over": pl.Float64})"""
_STORED = """with lake.reading() as r:
    return _stored_report(r, current)"""
_NOT_MADE = ("before tip-off", "facts of the moment", "identity and availability",
             "lines before tip-off", "rows of a slate", "seats")  # fmt: skip
"""Gates whose exception is to end a run: the run that could not be made is reported as done."""

OPENINGS = (
    *(swallow(gate, _RUN, "    slate, current, wanted, made = _make(lake, day, as_of, markets,"
              " models, mode, say)", _STORED) for gate in _NOT_MADE),

    swallow("before tip-off", _SLATE, "    games = _games(r, day, as_of or now, stored)",
            'games = r.query("FROM league.game WHERE game_date = $day AND tipoff IS NOT NULL'
            ' QUALIFY row_number() OVER (PARTITION BY game_id ORDER BY recorded_seq DESC) = 1",'
            ' {"day": day})'),
    null("before tip-off", _SLATE, "AND known_at < tipoff",
         "AND (known_at < tipoff) IS NOT FALSE"),

    swallow("identity and availability", _PLAN, _PLANNED,
            "return Plan(merged.with_columns(reason=pl.lit(None, pl.String),"
            " detail=pl.lit(None, pl.String)))"),
    null("identity and availability", _PLAN, '(pl.col("unresolved").fill_null(value=True))',
         '(pl.col("unresolved"))'),
    null("identity and availability", _PLAN, '~pl.col("has_history").fill_null(value=False)',
         '~pl.col("has_history")'),
    null("identity and availability", _PLAN, 'pl.col("team").is_null()).then',
         'pl.col("team") == "").then'),
    null("identity and availability", _PLAN, 'pl.col("same_day").fill_null(value=True)',
         'pl.col("same_day")'),
    null("identity and availability", _PLAN, '~pl.col("lined").fill_null(value=False)',
         '~pl.col("lined")'),

    swallow("lines before tip-off", _SET, "        lines = consensus(r, plan.tonight, slate.as_of,"
            " slate.seq, wanted.settings)", _NO_LINES),
    null("lines before tip-off", "league/lines.py", "AND l.known_at < s.tipoff),",
         "AND (l.known_at < s.tipoff) IS NOT FALSE),"),

    error("a model's errors", _SCORE, "            predictions, refusals = None, refuse(rows,"
          " market, model.manifest.model)", "            continue"),
    null("a model's errors", _SCORE, "    answer = model.predict(scene.rows, market)",
         "    answer = model.predict(scene.rows, market)\n    if answer is None:\n"
         "        return None, refuse(scene.ruled_out, market, name)"),

    swallow("a model's ok mask", _SCORE,
            "    reasons = _with_unpredictable(judged.reasons, answer)",
            "reasons = judged.reasons"),
    null("a model's ok mask", _SCORE, "None if ok is True and known", "None if ok and known"),
    null("a model's ok mask", _SCORE, "None if ok is True and known",
         "None if ok is not False and known"),
    null("a model's ok mask", _SCORE, "None if ok is True and known", "None if ok is True"),

    swallow("completeness", _PUBLISH, "    made.check()"),
    null("completeness", _PUBLISH, "if ends.height != expected or ends.n_unique() != expected:",
         "if expected and (ends.height != expected or ends.n_unique() != expected):"),

    swallow("pointer", _PUBLISH, "    _require_parent(day, current, parent)"),
    swallow("pointer", _PUBLISH, "    current = current_publication(w, day)", "current = parent"),
    null("pointer", _PUBLISH,
         "if (current and current.publication_id) != (parent and parent.publication_id):",
         "if parent and (current and current.publication_id) != parent.publication_id:"),

    swallow("nothing to do", _RUN, _HELD, "return _stored_report(r, current)"),
    swallow("code of the moment", _STALE, _CODE),
    null("code of the moment", _STALE, "build.code.fingerprint != held.code_version",
         "build.code.fingerprint != (held.code_version or build.code.fingerprint)"),
    null("nothing to do", _STALE, "held.settings != settings",
         "(held.settings or settings) != settings"),
    null("nothing to do", _STALE, "every = held.complete and",
         "every = held.complete is not False and"),

    swallow("freshness", _STALE, _NEWS, "return True"),
    swallow("freshness", _OVERTAKEN, "    moved = facts_moved(r, publication.slate, held.facts_seq,"
            " held.as_of, until)", "moved = False"),
    null("freshness", _STALE,
         """    return r.value(f"SELECT {' OR '.join(asked)}", params) is not False""",
         """    return bool(r.value(f"SELECT {' OR '.join(asked)}", params))"""),

    swallow("models of the moment", _STALE, _NEWS, "return True"),
    null("models of the moment", _STALE, 'return r.value(sql, {"seq": seq}) is not False',
         'return bool(r.value(sql, {"seq": seq}))'),

    swallow("failed models", _STALE,
            "    if _models_failed(r, publication):\n        return False"),
    null("failed models", _STALE,
         'return r.value(sql, {"run": publication.run_id}) is not False',
         'return bool(r.value(sql, {"run": publication.run_id}))'),

    swallow("withdrawn models", _OVERTAKEN,
            '    return [Cause("facts")] * moved + _withdrawn(r, held, gone_by)',
            'return [Cause("facts")] * moved'),
    null("withdrawn models", _OVERTAKEN, "(happened_at < $first_tipoff) IS NOT FALSE",
         "happened_at < $first_tipoff"),
    null("withdrawn models", _OVERTAKEN, "(happened_at <= $gone_by) IS NOT FALSE",
         "happened_at <= $gone_by"),
    null("withdrawn models", _OVERTAKEN, "if state not in SEATED",
         "if state and state not in SEATED"),

    swallow("late set", _VIEW,
            '    return r.value(sql, {"publication": publication.publication_id}) is not False',
            "return False"),
    null("late set", _VIEW, 'publication.publication_id}) is not False',
         'publication.publication_id}) is True'),
)  # fmt: skip
