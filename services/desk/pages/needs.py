"""What every address of the desk needs: one table. What does not stand here is not served, and the desk does not start.

`Proof` says how a call shows that a page of ours made it: a form carries a token that only our pages hold, a program's
call carries it in a header where it comes with a cookie. The addresses that strangers' programs call have their own
secrets instead (mail programs that unsubscribe, WebSub hubs).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum, auto

from fastapi.routing import iter_route_contexts
from starlette.routing import BaseRoute

from services.desk.domain.permissions import Door, Need, Permission

SAFE_METHODS = frozenset({"GET", "HEAD"})


class Proof(Enum):
    """How a call shows that a page of ours made it."""

    NONE = auto()
    FORM = auto()
    HEADER = auto()


@dataclass(frozen=True, slots=True)
class Terms:
    """What an address needs."""

    need: Need
    proof: Proof = Proof.NONE


_ANYBODY = Terms(Door.ANYBODY)
_LOOK = Terms(Permission.LOOK)
_FORM = Terms(Door.ANYBODY, Proof.FORM)
_OWN_FORM = Terms(Permission.OWN_ACCOUNT, Proof.FORM)
_OPERATE = Terms(Permission.OPERATE)
_OPERATE_FORM = Terms(Permission.OPERATE, Proof.FORM)

TERMS: Mapping[str, Terms] = {
    # What the desk shows
    "GET /": _LOOK,
    "GET /fragments/today": _LOOK,
    "GET /live": _LOOK,
    "POST /today/seen": _OWN_FORM,
    "POST /today/views": _OWN_FORM,
    "POST /today/views/{view_id}/forget": _OWN_FORM,
    "GET /stories/{story_id}": _LOOK,
    "GET /articles/{article_id}": _LOOK,
    "GET /articles/{article_id}/why-not": _LOOK,
    "POST /articles/{article_id}/feedback": Terms(Permission.CORRECT, Proof.FORM),
    "GET /alerts/{alert_id}": _LOOK,
    "GET /agreements/{agreement_id}": _LOOK,
    "GET /api/v1/why-not": _LOOK,
    "GET /api/v1/alerts/{alert_id}/why": _LOOK,
    "GET /api/v1/corrections": _LOOK,
    "GET /api/v1/articles/{article_id}/corrections": _LOOK,
    "POST /api/v1/articles/{article_id}/corrections": Terms(Permission.CORRECT, Proof.HEADER),
    "GET /language/{code}": _ANYBODY,
    # What operators run
    "GET /sources": _OPERATE,
    "POST /sources": _OPERATE_FORM,
    "GET /sources/new": _OPERATE,
    "POST /sources/new": _OPERATE_FORM,
    "GET /sources/{source_id}": _OPERATE,
    "POST /sources/{source_id}": _OPERATE_FORM,
    "POST /sources/{source_id}/trial": _OPERATE_FORM,
    "POST /sources/{source_id}/pause": _OPERATE_FORM,
    "POST /sources/{source_id}/resume": _OPERATE_FORM,
    "POST /sources/{source_id}/look": _OPERATE_FORM,
    "GET /sources/{source_id}/remove": _OPERATE,
    "POST /sources/{source_id}/remove": _OPERATE_FORM,
    "GET /quarantine": _OPERATE,
    "POST /quarantine/messages": _OPERATE_FORM,
    "POST /quarantine/messages/{message_id}": _OPERATE_FORM,
    "POST /quarantine/deliveries": _OPERATE_FORM,
    "POST /quarantine/deliveries/{delivery_id}": _OPERATE_FORM,
    "GET /pipeline": _OPERATE,
    "GET /storage": _OPERATE,
    "GET /channels": _OPERATE,
    "POST /channels/stops": _OPERATE_FORM,
    "POST /channels/stops/{stop_id}/end": _OPERATE_FORM,
    "POST /channels/{channel}/disable": _OPERATE_FORM,
    "POST /channels/{channel}/enable": _OPERATE_FORM,
    # Accounts
    "GET /login": _ANYBODY,
    "POST /login": _FORM,
    "POST /login/code": _FORM,
    "POST /logout": _OWN_FORM,
    "GET /setup/{token}": _ANYBODY,
    "POST /setup/{token}": _FORM,
    "GET /invite/{token}": _ANYBODY,
    "POST /invite/{token}": _FORM,
    "GET /reset": _ANYBODY,
    "POST /reset": _FORM,
    "GET /reset/{token}": _ANYBODY,
    "POST /reset/{token}": _FORM,
    "GET /account": Terms(Permission.OWN_ACCOUNT),
    "POST /account/password": _OWN_FORM,
    "POST /account/code": _OWN_FORM,
    "POST /account/code/off": _OWN_FORM,
    "POST /account/sign-out-everywhere": _OWN_FORM,
    # Links that only one reader has; no login is asked for
    "GET /u/{token}": _ANYBODY,
    "POST /u/{token}": _ANYBODY,
    "GET /u/{token}/{member}": _ANYBODY,
    "POST /u/{token}/{member}": _ANYBODY,
    "GET /f/{token}/{agreement_id}": _ANYBODY,
    "POST /f/{token}/{agreement_id}": _ANYBODY,
    "GET /feeds/{token}.atom": _ANYBODY,
    "GET /feeds/{token}.json": _ANYBODY,
    # Machines
    "GET /websub/{token}": _ANYBODY,
    "POST /websub/{token}": _ANYBODY,
    "GET /health": _ANYBODY,
    "GET /metrics": Terms(Door.MACHINES),
    "GET /static": _ANYBODY,
}


def terms_of(method: str, path: str) -> Terms | None:
    """Return what an address needs, by its pattern; None for one that is not in the table. HEAD counts as GET."""
    return TERMS.get(f"{'GET' if method == 'HEAD' else method} {path}")


def served(routes: Sequence[BaseRoute]) -> Iterator[tuple[str, str]]:
    """Return method and pattern of everything that these routes serve, also by routers within them."""
    for each in iter_route_contexts(routes):
        yield from ((method, str(each.path)) for method in sorted(each.methods or ("GET",)))


def undeclared(routes: Sequence[BaseRoute]) -> list[str]:
    """Return what these routes serve without declaring what it needs."""
    return [f"{method} {path}" for method, path in served(routes) if terms_of(method, path) is None]
