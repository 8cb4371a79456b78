"""The database's address as people write it, in the spelling of the driver; what the driver cannot take is refused."""

from __future__ import annotations

from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError

from shared.kit.errors import WrongInput

_SETTING = "PACTWATCH_DATABASE_URL"
_SCHEMES = ("postgres", "postgresql", "postgresql+asyncpg")
# libpq's names, which providers of managed databases hand out, and the driver's own
_TAKEN = {"sslmode": "ssl", "ssl": "ssl", "host": "host", "port": "port"}
_LEFT_OUT = frozenset({"channel_binding", "gssencmode", "target_session_attrs", "application_name", "connect_timeout"})


def asyncpg_url(url: str) -> str:
    """Return a Postgres URL in SQLAlchemy's spelling for asyncpg.

    Raises WrongInput, which never shows a password, for another database, an address that cannot be read, and a
    parameter that the driver does not know.
    """
    parts = urlsplit(url)
    if parts.scheme not in _SCHEMES:
        raise WrongInput(
            _SETTING,
            f"{parts.scheme}://…",
            "is not a Postgres address",
            mend="Give postgresql://user:password@host:5432/database.",
        )
    spelled = urlunsplit(parts._replace(scheme="postgresql+asyncpg", query=_query(parts.query)))
    try:
        make_url(spelled)
        _ = parts.port  # refuses one that is no port
    except (ValueError, ArgumentError):
        raise WrongInput(
            _SETTING,
            "postgresql://…",
            "cannot be read",  # its own words may hold a part of the password
            mend="Write @, : and / in a password as %40, %3A and %2F, and the port as a number.",
        ) from None
    return spelled


def _query(query: str) -> str:
    given = parse_qsl(query, keep_blank_values=True)
    unknown = [name for name, _ in given if name not in _TAKEN and name not in _LEFT_OUT]
    if unknown:
        raise WrongInput(_SETTING, f"?{unknown[0]}=…", "is no parameter we know", mend=f"Take {unknown[0]} out of it.")
    return urlencode([(_TAKEN[name], value) for name, value in given if name in _TAKEN])
