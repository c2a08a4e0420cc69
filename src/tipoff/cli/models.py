"""`tipoff models`: which versions there are, who leads and by what right, who has decayed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from tipoff.cli.columns import Column, fitted
from tipoff.cli.common import JsonFlag, OneMarket, OnlyMarkets, answer, console, opened
from tipoff.cli.once import Commands
from tipoff.errors import GateBlocked

if TYPE_CHECKING:
    from tipoff.results.models import (
        ModelDetails,
        ModelList,
        ModelVersion,
        Promotion,
        Retirement,
        Review,
    )

app = Commands(help="Model versions: list, show, promote, review, retire.", no_args_is_help=True)

Reason = Annotated[str, typer.Option(help="Why; kept on record.")]
On = Annotated[str, typer.Option("--on", help="League date the roles are for.")]


@app.command("list")
def list_models(ctx: typer.Context, on: On = "tomorrow", as_json: JsonFlag = False) -> None:
    """List every version with its window, the roles it has, and its state of decay."""
    with opened(ctx) as t:
        listed = t.models.list(on)
    answer(listed, as_json, lambda: _print_list(listed))


@app.command()
def show(ctx: typer.Context, model: str, as_json: JsonFlag = False) -> None:
    """Show a version's manifest: contract, window, data hash, parameters, golden rows."""
    with opened(ctx) as t:
        details = t.models.show(model)
    answer(details, as_json, lambda: _print_details(details))


@app.command()
def promote(
    ctx: typer.Context,
    model: str,
    reason: Reason,
    market: OneMarket = "points",
    to: Annotated[str, typer.Option(help="champion, challenger or shadow.")] = "champion",
    evidence: Annotated[
        Path | None, typer.Option(help="A backtest's Parquet; default the live record.")
    ] = None,
    force: Annotated[
        bool, typer.Option("--force", help="Promote past the gates, on record as such.")
    ] = False,
    as_json: JsonFlag = False,
) -> None:
    """Give a version (or the newest of a name) a role in a market; a champion passes the gates.

    Exit codes: 0 promoted, 1 a gate said no or could not answer, 2 usage.
    """
    with opened(ctx) as t:
        try:
            done = t.models.promote(model, reason, market, to=to, evidence=evidence, force=force)
        except GateBlocked as error:
            _show_refused(error, as_json)
            raise
    answer(done, as_json, lambda: _print_promotion(done))


def _show_refused(error: GateBlocked, as_json: bool) -> None:
    from tipoff.results.models import Promotion

    if isinstance(error.answer, Promotion):
        refused = error.answer
        answer(refused, as_json, lambda: _print_verdicts(refused))


def _print_promotion(done: Promotion) -> None:
    if done.verdicts:
        _print_verdicts(done)
    _say(f"{done.model_id} is now {done.state} in {done.market}", "tipoff run DATE")


def _print_verdicts(judged: Promotion) -> None:
    out = console()
    out.print(
        f"{judged.model_id} in {judged.market}, against {judged.reference}, by {judged.evidence}",
        highlight=False,
    )
    for v in judged.verdicts:
        word = "pass" if v.passed else "NO"
        out.print(f"  {word:<5}{v.gate:<13}{v.figure}   (bar: {v.bar})", highlight=False)


@app.command()
def review(ctx: typer.Context, on: On = "tomorrow", as_json: JsonFlag = False) -> None:
    """Judge every model by its newest graded slates; block what has decayed from DATE on."""
    with opened(ctx) as t:
        reviewed = t.models.review(on)
    answer(reviewed, as_json, lambda: _print_states(reviewed))


def _print_states(reviewed: Review) -> None:
    out = console()
    if reviewed.states:
        out.print("\n".join(fitted(_STATES, reviewed.states, out.width)))
    for gone in reviewed.blocked:
        text = f"blocked now: {gone.model} in {gone.market}; the next run publishes without it"
        out.print(text)
    if not reviewed.states:
        _say("nothing is graded yet", "tipoff grade DATE")


_STATES = (
    Column("state", lambda d: d.state, right=False),
    Column("market", lambda d: d.market, right=False),
    Column("model", lambda d: d.model, least=18, right=False),
    Column("rows", lambda d: str(d.rows), drop=1),
    Column("slates", lambda d: str(d.slates), drop=1),
    Column("why", lambda d: d.reason, right=False),
)


@app.command()
def retire(
    ctx: typer.Context,
    model: str,
    reason: Reason,
    market: OnlyMarkets = None,
    as_json: JsonFlag = False,
) -> None:
    """Retire a version, or every version of a name; the next publication leaves it out."""
    with opened(ctx) as t:
        done = t.models.retire(model, reason, market)
    answer(done, as_json, lambda: _print_retired(done))


def _print_retired(done: Retirement) -> None:
    where = ", ".join(done.markets) or "all its markets"
    text = f"retired {', '.join(done.model_ids)} in {where}"
    _say(text, "tipoff run DATE publishes without it")


def _print_list(listed: ModelList) -> None:
    if not listed.models:
        _say("no model versions yet", "tipoff train catboost_v9 --through DATE")
        return
    out = console()
    head, *lines = fitted(_COLUMNS, listed.models, out.width)
    out.print(head)
    for version, line in zip(listed.models, lines, strict=True):
        out.print(line)
        for more in filter(None, (_by_market(version), _decayed(version))):
            out.print(f"    {more}")


def _roles(version: ModelVersion) -> dict[str, Sequence[str]]:
    """Word -> the markets in which it is that."""
    roles = _grouped(version.roles)
    for word in ("retired", "blocked"):
        if markets := getattr(version, word):
            roles[word] = markets
    return roles


def _role(version: ModelVersion) -> str:
    """The role where it is the same in every market; none is superseded or not yet eligible."""
    roles = _roles(version)
    return next(iter(roles), "none") if len(roles) < 2 else "by market:"


def _by_market(version: ModelVersion) -> str:
    """The markets of every role where there are several."""
    roles = sorted(_roles(version).items())
    parts = [f"{role} ({', '.join(markets)})" for role, markets in roles]
    return "; ".join(parts) if len(parts) > 1 else ""


def _decayed(version: ModelVersion) -> str:
    """The markets in which it is not healthy, in one line."""
    by_state = _grouped({m: state for m, state in version.decay.items() if state != "healthy"})
    states = [f"{state} in {', '.join(m)}" for state, m in sorted(by_state.items())]
    return "; ".join(states)


def _grouped(by_market: Mapping[str, str]) -> dict[str, Sequence[str]]:
    """Word -> its markets."""
    words = dict.fromkeys(by_market.values())
    return {word: [m for m, other in by_market.items() if other == word] for word in words}


_COLUMNS = (
    Column("model", lambda v: v.model, least=20, right=False),
    Column("version", lambda v: v.model_id, right=False),
    Column("from", lambda v: str(v.trained_from), drop=1, right=False),
    Column("through", lambda v: str(v.trained_through), right=False),
    Column("role", _role, right=False),
)


def _print_details(details: ModelDetails) -> None:
    out = console()
    out.print(f"{details.model}  {details.model_id}", highlight=False)
    reads = sorted({name for names in details.contract.names.values() for name in names})
    facts = {
        "family": details.family,
        "markets": ", ".join(details.markets),
        "window": f"{details.trained_from} through {details.trained_through}",
        "rows": details.rows,
        "data": details.data_sha256,
        "code version": details.code_version,
        "artifact": details.artifact_sha256 or "none: the manifest holds all of it",
        "parameters": ", ".join(f"{k} {v}" for k, v in details.parameters.items()) or "none",
        "seed": details.seed,
        "golden rows": len(details.golden),
        "reads": ", ".join(reads),
    }
    for name, value in facts.items():
        out.print(f"  {name:12} {value}", highlight=False)


def _say(text: str, following: str) -> None:
    console().print(f"{text}\n  next: {following}", highlight=False)
