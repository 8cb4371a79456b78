"""A command whose options stand at most once: of two values the last would win, and nobody would be told."""

from __future__ import annotations

from typing import TYPE_CHECKING

from typer.core import TyperCommand

from services.cli.output import give_up
from shared.kit.errors import WrongInput

if TYPE_CHECKING:
    from typer import Context


class OnceCommand(TyperCommand):
    """Refuses an option that is given twice, unless it is one that may be repeated."""

    def parse_args(self, ctx: Context, args: list[str]) -> list[str]:  # type: ignore[override]
        """Parse the arguments. Ends the command where an option is given twice."""
        if args:
            _, _, order = self.make_parser(ctx).parse_args(args=list(args))
            for param in order:
                if order.count(param) > 1 and not param.multiple:
                    mend = "Give it once; of two values only one could count."
                    give_up(WrongInput("option", param.opts[0], "is given more than once", mend=mend))
        return super().parse_args(ctx, args)
