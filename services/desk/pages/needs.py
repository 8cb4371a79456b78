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
from services.desk.pages.forms import FORM_BYTES

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
    most_bytes: int = FORM_BYTES  # of a form


_ANYBODY = Terms(Door.ANYBODY)
_LOOK = Terms(Permission.LOOK)
_FORM = Terms(Door.ANYBODY, Proof.FORM)
_FOLLOW_FORM = Terms(Permission.FOLLOW, Proof.FORM)
_OWN_FORM = Terms(Permission.OWN_ACCOUNT, Proof.FORM)
_RULE_FORM = Terms(Permission.KEEP_RULES, Proof.FORM, 80_000)  # the longest query, note and reason, in Hindi
_LIST_FORM = Terms(Permission.KEEP_RULES, Proof.FORM, 500_000)  # five hundred members, in Hindi
_RULE_FILE = Terms(Permission.KEEP_RULES, Proof.FORM, 4_000_000)  # some thousand rules; more goes by the command line
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
    "GET /trail": Terms(Permission.READ_TRAIL),
    # One's own alerts
    "GET /inbox": _LOOK,
    "POST /inbox/marks": _FOLLOW_FORM,
    # One's own subscriptions
    "GET /subscriptions": _LOOK,
    "GET /subscriptions/new": _LOOK,
    "GET /subscriptions/hours": _LOOK,
    "GET /fragments/subscription-preview": Terms(Permission.FOLLOW),
    "GET /subscriptions/{subscription_id}": Terms(Permission.FOLLOW),
    "POST /subscriptions": _FOLLOW_FORM,
    "POST /subscriptions/hours": _FOLLOW_FORM,
    "POST /subscriptions/{subscription_id}/change": _FOLLOW_FORM,
    "POST /subscriptions/{subscription_id}/mute": _FOLLOW_FORM,
    "POST /subscriptions/{subscription_id}/unmute": _FOLLOW_FORM,
    "POST /subscriptions/{subscription_id}/leave-out": _FOLLOW_FORM,
    "POST /subscriptions/{subscription_id}/test": _FOLLOW_FORM,
    "POST /subscriptions/{subscription_id}/secret": _FOLLOW_FORM,
    "POST /subscriptions/{subscription_id}/feed": _FOLLOW_FORM,
    "POST /subscriptions/{subscription_id}/end": _FOLLOW_FORM,
    "POST /follow": _FOLLOW_FORM,
    # Rules, lists and the catalogue
    "GET /rules": _LOOK,
    "GET /rules/new": Terms(Permission.KEEP_RULES),
    "POST /rules/new": _RULE_FORM,
    "POST /rules/check": _RULE_FORM,
    "POST /rules/backtest": _RULE_FORM,
    "POST /rules/difference": _RULE_FORM,
    "GET /rules/proposals": _LOOK,
    "POST /rules/proposals/{proposal_id}": _RULE_FORM,
    "GET /rules/import": Terms(Permission.KEEP_RULES),
    "POST /rules/import": _RULE_FILE,
    "GET /rules/export": Terms(Permission.KEEP_RULES),
    "GET /rules/{rule_id}": _LOOK,
    "POST /rules/{rule_id}": _RULE_FORM,
    "POST /rules/{rule_id}/state": _RULE_FORM,
    "GET /rules/{rule_id}/versions": _LOOK,
    "POST /rules/{rule_id}/roll-back": _RULE_FORM,
    "GET /rules/{rule_id}/conflict": _LOOK,
    "POST /rules/{rule_id}/conflict": _RULE_FORM,
    "GET /rules/{rule_id}/article": _LOOK,
    "GET /rules/{rule_id}/export": Terms(Permission.KEEP_RULES),
    "GET /lists": _LOOK,
    "POST /lists": _LIST_FORM,
    "GET /lists/{list_id}": _LOOK,
    "POST /lists/{list_id}": _LIST_FORM,
    "POST /lists/{list_id}/restore": _LIST_FORM,
    "POST /lists/{list_id}/roll-back": _LIST_FORM,
    "POST /lists/{list_id}/remove": _LIST_FORM,
    "GET /catalogue": _LOOK,
    "GET /catalogue/agreements/{agreement_id}": _LOOK,
    "POST /catalogue/agreements/{agreement_id}": _LIST_FORM,
    "POST /catalogue/agreements/{agreement_id}/roll-back": _LIST_FORM,
    "GET /catalogue/sectors/{sector_id}": _LOOK,
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
    "GET /u/mail/{token}": _ANYBODY,
    "POST /u/mail/{token}": _ANYBODY,
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
