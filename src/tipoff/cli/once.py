"""Commands that refuse what is given twice, and whose help names an argument by its word alone."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import typer
from typer.core import TyperArgument, TyperCommand, TyperOption

from tipoff.errors import UsageError


class _Once(TyperCommand):
    def __init__(self, *words: Any, **options: Any) -> None:
        super().__init__(*words, **options)
        for param in self.params:
            if isinstance(param, TyperArgument):
                # Typer adds the type in Python to it: DIR <list[Path]>.
                param.display_type_rich = lambda ctx: None  # type: ignore[method-assign]  # noqa: ARG005

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """As ever. Raises UsageError for an option of one value that is given more than once."""
        _, _, given = self.make_parser(ctx).parse_args(args=list(args))
        for option in given:
            one = isinstance(option, TyperOption) and not (option.multiple or option.is_flag)
            if one and given.count(option) > 1:
                name = option.opts[0]
                step = f"give {name} once, and run {ctx.command_path} for each"
                raise UsageError(f"{name} takes one value here and is given several times", step)
        return super().parse_args(ctx, args)


class Commands(typer.Typer):
    """A Typer whose commands refuse what is given twice."""

    def command(self, name: str | None = None, **options: Any) -> Callable[[Any], Any]:
        """As Typer's."""
        return super().command(name, cls=_Once, **options)
