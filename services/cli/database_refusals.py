"""What a database may have against a command, in a sentence, with what a person can do about it."""

from __future__ import annotations

from shared.kit.errors import PactwatchError
from shared.store.unit_of_work import is_outage

_ADDRESS = "Check the name and the password in PACTWATCH_DATABASE_URL."
# By SQLSTATE (PostgreSQL, appendix A): Postgres answers, and says no.
_REFUSALS = {
    "3D000": ("Postgres answers, but has no such database.", _ADDRESS),
    "28000": ("Postgres does not let this user in.", _ADDRESS),
    "28P01": ("Postgres does not let this user in: the password is wrong.", _ADDRESS),
    "42501": ("Postgres does not let this user do that.", "Give the user of PACTWATCH_DATABASE_URL the tables."),
    "42P01": ("The database has not all of its tables.", "Run `pactwatch migrate`."),
    "42703": ("The database has older tables than this program.", "Run `pactwatch migrate`."),
}


def refusal_of(error: BaseException) -> PactwatchError | None:
    """Return what the database said as a sentence and a mend; None when the error is not the database's."""
    said = _REFUSALS.get(getattr(getattr(error, "orig", error), "sqlstate", None) or "")
    if said is not None:
        return PactwatchError(said[0], mend=said[1])
    if is_outage(error):
        return PactwatchError(
            f"The database does not answer ({type(error).__name__}).", mend="Run `pactwatch doctor` to see why."
        )
    return None
