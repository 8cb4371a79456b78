"""Says at every start, while nobody owns the house, by which link somebody comes to: there is no default password."""

from __future__ import annotations

from services.cli.account_desk import AccountDesk
from services.cli.output import say
from services.desk.domain.one_time import Purpose, lasts_words


async def say_set_up_link(desk: AccountDesk) -> bool:
    """Print a fresh set-up link, which ends those of before; False where the house is owned."""
    address = await desk.coming_in.set_up_address()
    if address is None:
        return False
    say(f"set up the desk  {address} (works once, for {lasts_words(Purpose.SETUP)})")
    return True
