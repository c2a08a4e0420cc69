"""Openings of the gates of settings, the lake and the features."""

from __future__ import annotations

from scripts.opened_gates.opening import error, null, swallow

_WRITER, _CHECKS, _BUILD = "lake/writer.py", "features/checks.py", "features/build.py"
_SNAPSHOT, _QUALITY, _ASSESS = "features/snapshot.py", "features/quality.py", "forecast/assess.py"
_SET = "forecast/build.py"
_SURE = """n = len(at)
        return Assessment(np.full(n, 100.0), ["gold"] * n, [None] * n, [None] * n)"""

OPENINGS = (
    swallow("settings", "settings.py", "        return Settings()",
            "return Settings.model_construct()"),
    null("settings", "settings.py", "        allow_inf_nan=False,\n",
         "        allow_inf_nan=False,\n        env_ignore_empty=True,\n"),

    swallow("keys", _WRITER, "            self._check_key(table, frame.select(key))"),
    null("keys", _WRITER, '            (absent, "no key"),\n', ""),
    null("keys", _WRITER, "pl.any_horizontal(pl.all().is_null())",
         "pl.all_horizontal(pl.all().is_null())"),

    swallow("rows written", _WRITER, "            return self.insert(table, columns,"
            ' f"SELECT {columns} FROM {_INCOMING}", frame.height)', "return frame.height"),
    null("rows written", _WRITER, "if written != intended:",
         "if written is not None and written != intended:"),

    swallow("facts of the moment", "forecast/plan.py",
            "    facts.require(slate.as_of, slate.seq)"),
    swallow("facts of the moment", _BUILD, "    facts.require(as_of, seq)"),
    null("facts of the moment", _BUILD, "if (self.as_of, self.seq) != (as_of, seq):",
         "if (self.as_of or as_of, self.seq) != (as_of, seq):"),
    null("facts of the moment", _BUILD, "if (self.as_of, self.seq) != (as_of, seq):",
         "if (self.as_of, self.seq or seq) != (as_of, seq):"),

    swallow("rows of a slate", _SET, "    features = slate_frame(r, tonight, as_of=slate.as_of,"
            " seq=slate.seq, names=names, facts=facts)",
            "from tipoff.features.build import SlateFeatures\n"
            "keys = ['game_id', 'player_key', 'team', 'opponent', 'home', 'tipoff']\n"
            "blank = [pl.lit(None, pl.Float64).alias(name) for name in definition_hashes()]\n"
            "features = SlateFeatures(tonight.select(*keys, *blank), [{}] * tonight.height)"),
    null("rows of a slate", _BUILD,
         "if frame.height != tonight.height or found.height != tonight.height:",
         "if frame.height != tonight.height:"),

    error("batch checks", _CHECKS,
          '        return [CheckResult("error", feature.name, detail, blocks=True)]',
          "        return []"),
    error("batch checks", _CHECKS, 'CheckResult("error", feature.name, detail, blocks=True)',
          'CheckResult("error", feature.name, detail, blocks=False)'),
    null("batch checks", _SNAPSHOT, 'if c["blocks"] is not False]', 'if c["blocks"]]'),

    error("quality", _ASSESS, 'return _all_refused(len(at), "gate_error",'
          ' f"{type(error).__name__}: {error}")', _SURE),
    swallow("quality", _ASSESS, "        blocked = gate(quality, least)",
            "blocked = [None] * len(quality.score)"),
    null("quality", _ASSESS, "blocked = gate(quality, least)",
         "blocked = gate(quality, least) or [None] * len(quality.score)"),
    null("quality", _QUALITY, "elif not score >= least:", "elif score < least:"),
    null("quality", _QUALITY, "elif not score >= least:", "elif least and not score >= least:"),
    null("quality", _QUALITY, "not matchup[at] >= LOWEST_MATCHUP", "matchup[at] < LOWEST_MATCHUP"),

    swallow("snapshot seal", _SNAPSHOT,
            '        _verify(snapshot, rows["row_hash"].to_list())'),
    error("snapshot seal", _SNAPSHOT, "    if _identity(snapshot) != snapshot.snapshot_id:",
          "    try:\n        _identity(snapshot)\n    except ValueError:\n        return\n"
          "    if _identity(snapshot) != snapshot.snapshot_id:"),
    null("snapshot seal", _SNAPSHOT, "if now != then:", "if then and now != then:"),
)  # fmt: skip
