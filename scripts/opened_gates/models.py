"""Openings of the gates between a stored model and its seat."""

from __future__ import annotations

from scripts.opened_gates.opening import error, null, swallow

_REGISTRY, _GOVERNANCE = "models/registry.py", "models/governance.py"
_ARTIFACTS = "lake/backends/embedded.py"
_CONTRACT, _GOLDEN = "models/contract.py", "models/golden.py"
_MISMATCH = "if manifest.model_id != model_id:"

OPENINGS = (
    swallow("manifest", _REGISTRY, "    manifest = Manifest.from_json(text)",
            "import json\nreturn Manifest.model_construct(**json.loads(text)), artifact"),
    error("manifest", _REGISTRY, f"    {_MISMATCH}",
          f"    try:\n        manifest.model_id\n    except ValueError:\n"
          f"        return manifest, artifact\n    {_MISMATCH}"),
    null("manifest", _REGISTRY, _MISMATCH, "if manifest and manifest.model_id != model_id:"),
    null("manifest", _REGISTRY, _MISMATCH, "if manifest.seed and manifest.model_id != model_id:"),

    error("artifact", _ARTIFACTS, "            raise ArtifactError("
          'f"{path} cannot be read: {error}", "restore the file") from error',
          "            return path.open('rb').read()"),
    swallow("artifact", _ARTIFACTS, "            content = path.read_bytes()",
            "content = path.open('rb').read()"),
    null("artifact", _ARTIFACTS, "if found != sha256:", "if found and found != sha256:"),
    null("artifact", _REGISTRY, "if artifact is None or digest is None:",
         "if artifact is None and digest is None:"),
    null("artifact", _REGISTRY, "if artifact is None and digest is None:",
         "if artifact is None or digest is None:"),

    swallow("contract", _CONTRACT, "    differences = check(contract, available)",
            "differences = []"),
    null("contract", _CONTRACT, "if differences != []:", "if differences:"),

    swallow("golden rows", _REGISTRY, "    check_golden(model)", kind="(RuntimeError, ValueError)"),
    swallow("golden rows", _GOLDEN, "        got = summary(model.predict(frame, market).pmf)",
            "continue", kind="(RuntimeError, ValueError)"),
    null("golden rows", _GOLDEN, "    if unproven:", "    if unproven and by_market:"),
    null("golden rows", _GOLDEN, "for row in model.manifest.golden if row.expected}",
         "for row in model.manifest.golden}"),
    null("golden rows", _GOLDEN, "if not math.isclose(expected, got, rel_tol=_TOLERANCE,"
         " abs_tol=_TOLERANCE):", "if abs(expected - got) > _TOLERANCE * max(1, abs(expected)):"),

    swallow("seats", _GOVERNANCE,
            "    seats = [_seat(row) for row in chosen.values() if _may_sit(row)]",
            "seats = [_seat(row) for row in chosen.values()]"),
    null("seats", _GOVERNANCE,
         'never_changed = row["state"] is None and row["state_seq"] == 0',
         'never_changed = row["state"] is None'),
    null("seats", _GOVERNANCE, 'return never_changed or row["state"] in SEATED',
         'return never_changed or row["state"] not in (*GONE, None)'),

    error("a role", _GOVERNANCE, "    model = load(lake, model_id, available)\n"
          "    if market not in model.manifest.markets:",
          "    try:\n        model = load(lake, model_id, available)\n    except ValueError:\n"
          "        model = None\n    if model and market not in model.manifest.markets:"),
    error("a role", _GOVERNANCE, '        if _state(w, model_id, market) == "retired":',
          "        try:\n            state = _state(w, model_id, market)\n"
          '        except ValueError:\n            state = None\n        if state == "retired":'),
    null("a role", _GOVERNANCE, "if market not in model.manifest.markets:",
         "if model.manifest.markets and market not in model.manifest.markets:"),
)  # fmt: skip
