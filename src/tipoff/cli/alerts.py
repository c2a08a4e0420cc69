"""tipoff alerts: check the rules and tell what is new, test the destinations, list what stands."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from tipoff.cli.common import JsonFlag, answer, console, opened
from tipoff.cli.once import Commands

if TYPE_CHECKING:
    from tipoff.results.alerts import AlertCheck, AlertInfo, AlertList, AlertTest

app = Commands(no_args_is_help=True, help="Rules that tell someone when a night goes wrong.")


@app.command()
def check(
    ctx: typer.Context,
    date: Annotated[
        str | None, typer.Argument(metavar="DATE", help="Only this league date, such as today.")
    ] = None,
    as_json: JsonFlag = False,
) -> None:
    """Ask every rule; tell each new state once to the destinations its setting names.

    Exit codes: 0 asked, and all that is new was told; 3 a destination could not be reached.
    """
    with opened(ctx) as t:
        done = t.alerts.check(date)
    answer(done, as_json, lambda: _show_check(done))
    if done.failed:
        raise SystemExit(3)


@app.command("test")
def send(as_json: JsonFlag = False) -> None:
    """Send a test to every destination in use. Exit code 3 when one could not be reached."""
    from tipoff.app.groups import Alerts

    done = Alerts.test()
    answer(done, as_json, lambda: _show_test(done))
    if set(done.destinations.values()) != {"ok"}:
        raise SystemExit(3)


@app.command("list")
def list_alerts(ctx: typer.Context, as_json: JsonFlag = False) -> None:
    """Show the alerts that stand, and where each rule's alerts go."""
    with opened(ctx) as t:
        listed = t.alerts.list()
    answer(listed, as_json, lambda: _show_list(listed))


def _show_check(done: AlertCheck) -> None:
    out = console()
    for alert in done.alerts:
        word = "told   " if alert.sent_now else "stands "
        out.print(f"{word} {_text(alert)}", highlight=False, markup=False)
        out.print(f"        next: {alert.next_step}", highlight=False, markup=False)
    for gone in done.over:
        out.print(f"over    {gone.rule} {gone.slate or ''}", highlight=False)
    for name, why in done.failed.items():
        out.print(f"failed  {name}: {why}", highlight=False, markup=False)
    if not done.alerts:
        out.print("nothing to tell")


def _show_test(done: AlertTest) -> None:
    out = console()
    for name, outcome in done.destinations.items():
        out.print(f"{name:<8} {outcome}", highlight=False, markup=False)


def _show_list(listed: AlertList) -> None:
    out = console()
    for alert in listed.alerts:
        since = f"since {alert.since:%Y-%m-%d %H:%M} UTC, told to {', '.join(alert.to)}"
        out.print(f"{_text(alert)}  ({since})", highlight=False, markup=False)
    if not listed.alerts:
        out.print("no alert stands")
    for name, where in listed.rules.items():
        text = f"rule {name:<17} -> {', '.join(where):<8} {listed.looks_for[name]}"
        out.print(text, highlight=False)
    out.print("next: tipoff alerts test", highlight=False)


def _text(alert: AlertInfo) -> str:
    return f"{alert.rule:<17} {alert.slate or ''!s:<10} {alert.summary}"
