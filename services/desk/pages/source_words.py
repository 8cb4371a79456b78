"""Sources on pages in words: their states, what each means, and what can be done about it there."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


def _(words: str) -> str:
    return words


@dataclass(frozen=True, slots=True)
class StateWords:
    """A state by its name, how it is marked (good, wait, bad or plain), what it means, and what to do."""

    name: str
    mark: str = "bad"
    means: str = ""
    mend: str = ""


_TEST = _("Test its address below, and see what it says now.")

STATES: Mapping[str, StateWords] = {
    "new": StateWords(_("new"), "", _("It is looked at within seconds.")),
    "fine": StateWords(_("fine"), "good"),
    "paused": StateWords(_("paused"), "wait", _("Nobody looks at it until it is resumed.")),
    "empty": StateWords(
        _("empty"), "wait", _("It answers without any articles."), _("Its news may have moved: test it.")
    ),
    "silent": StateWords(
        _("silent"), "wait", _("It answers, and brings nothing new."), _("Its news may have moved: test it.")
    ),
    "moved": StateWords(_("moved"), "wait", _("It says that it lives at another address."), _("Take the new address.")),
    "other_language": StateWords(
        _("other language"),
        "wait",
        _("It writes in another language than expected."),
        _("Take the feed of the right language, or change the language below."),
    ),
    "throttled": StateWords(
        _("throttled"),
        "wait",
        _("Its host asks for patience."),
        _("It is asked less often by itself; or set a pace below."),
    ),
    "failing": StateWords(
        _("failing"), "bad", _("It cannot be read."), _("It is tried again by itself, ever less often.")
    ),
    "gone": StateWords(
        _("gone"), "bad", _("Its host says that it is no more."), _("Find its new address, and change it below.")
    ),
    "blocked": StateWords(
        _("blocked"),
        "bad",
        _("The site lets no program in."),
        _("Look for another feed of it, and change the address."),
    ),
    "refused": StateWords(
        _("refused"),
        "bad",
        _("Its address leads into a private network."),
        _("If this is meant, name its host in PACTWATCH_ALLOWED_PRIVATE_HOSTS; else change the address."),
    ),
    "robots": StateWords(
        _("robots.txt"), "bad", _("Its robots.txt forbids this address."), _("Ask the site, or take another address.")
    ),
    "not_a_feed": StateWords(_("not a feed"), "bad", _("What is there is no list of news."), _TEST),
}


def state_of(state: str) -> StateWords:
    """Return the words for a state, also for one that is new to this page."""
    return STATES.get(state) or StateWords(state.replace("_", " "), mend=_TEST)
