"""tipoff alerts: check the rules and tell what is new, test the destinations, list what stands."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from tipoff.cli.common import JsonFlag, console, emit, open_lake

app = typer.Typer(no_args_is_help=True, help="Rules that tell someone when a night goes wrong.")


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
    from tipoff import clock
    from tipoff.alerts import check as check_rules
    from tipoff.settings import settings

    day = clock.parse_date(date) if date else None
    with open_lake(ctx) as lake:
        done = check_rules(lake, day, clock.now(), settings())
    told = {alert.alert_id for alert, _ in done.told}
    rows = [a.as_dict() | {"told_now": a.alert_id in told} for a in done.holding]
    data = {"date": date and str(day), "alerts": rows, "over": done.over, "failed": done.failed}
    emit(data, as_json, lambda: _show_check(data))
    if done.failed:
        raise SystemExit(3)


@app.command("test")
def send(as_json: JsonFlag = False) -> None:
    """Send a test to every destination in use. Exit code 3 when one could not be reached."""
    from tipoff.alerts import send_test
    from tipoff.settings import settings

    found = send_test(settings())
    emit({"destinations": found}, as_json, lambda: _show_test(found))
    if set(found.values()) != {"ok"}:
        raise SystemExit(3)


@app.command("list")
def list_alerts(ctx: typer.Context, as_json: JsonFlag = False) -> None:
    """Show the alerts that stand, and where each rule's alerts go."""
    from tipoff.alerts import RULES, routes, standing
    from tipoff.settings import settings

    with open_lake(ctx) as lake, lake.reading() as r:
        found = standing(r)
    rules = {name: list(routes(name, settings())) for name in RULES}
    told = {name: (rule.__doc__ or "").strip() for name, rule in RULES.items()}
    emit({"alerts": found, "rules": rules}, as_json, lambda: _show_list(found, rules, told))


def _show_check(data: dict[str, Any]) -> None:
    out = console()
    for row in data["alerts"]:
        word = "told   " if row["told_now"] else "stands "
        out.print(f"{word} {_text(row)}", highlight=False, markup=False)
        out.print(f"        next: {row['next_step']}", highlight=False, markup=False)
    for row in data["over"]:
        out.print(f"over    {row['rule']} {row['slate'] or ''}", highlight=False)
    for name, why in data["failed"].items():
        out.print(f"failed  {name}: {why}", highlight=False, markup=False)
    if not data["alerts"]:
        out.print("nothing to tell")


def _show_test(found: dict[str, str]) -> None:
    out = console()
    for name, answer in found.items():
        out.print(f"{name:<8} {answer}", highlight=False, markup=False)


def _show_list(
    found: list[dict[str, Any]], rules: dict[str, list[str]], told: dict[str, str]
) -> None:
    out = console()
    for row in found:
        since = f"since {row['since']:%Y-%m-%d %H:%M} UTC, told to {', '.join(row['to'])}"
        out.print(f"{_text(row)}  ({since})", highlight=False, markup=False)
    if not found:
        out.print("no alert stands")
    for name, where in rules.items():
        out.print(f"rule {name:<17} -> {', '.join(where):<8} {told[name]}", highlight=False)
    out.print("next: tipoff alerts test", highlight=False)


def _text(row: dict[str, Any]) -> str:
    return f"{row['rule']:<17} {row['slate'] or '':<10} {row['summary']}"
