"""What is asked of WebSub hubs and when, what their calls mean, and which signatures hold."""

from __future__ import annotations

import hmac
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import parse_qs
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.scraper.domain.hub_calls import (
    Confirmed,
    Denied,
    HeldSubscription,
    LetGo,
    NotOurs,
    SignedBody,
    meaning_of,
)
from services.scraper.domain.hubs import (
    LEASE,
    LONGEST_BELIEVED_LEASE,
    LONGEST_WAIT,
    SHORTEST_RENEWAL,
    HubAsk,
    addresses,
    after_ask,
    believed_lease,
    links_of_header,
    renewal,
    request_body,
    sent_on_to,
)
from services.scraper.use_cases.hubs import callback_base
from shared.web.guard import AllowedHosts
from shared.web.looks import Answered, NotSent, Unknown

TOPIC = "https://courier.example/feed.xml?a=1&b=ä"
SECRET = "s3cret"
ASK = HubAsk(
    source_id=UUID(int=1),
    source_name="Courier",
    hub="https://hub.example/",
    topic=TOPIC,
    token="t0ken",
    secret=SECRET,
    state="asked",
    failures=0,
    ticket=datetime(2026, 11, 22, tzinfo=UTC),
)


def ask(**changes: Any) -> HubAsk:
    values = {name: getattr(ASK, name) for name in HubAsk.__dataclass_fields__}
    return HubAsk(**{**values, **changes})


def held(state: str = "asked", *, expected: bool = True) -> HeldSubscription:
    return HeldSubscription(UUID(int=1), "Courier", TOPIC, SECRET, state, expected)


def answered(status: int, body: bytes = b"", **headers: str) -> Answered:
    return Answered(status, headers, body)


def signed(body: bytes, method: str, secret: str = SECRET) -> str:
    return f"{method}={hmac.new(secret.encode(), body, method).hexdigest()}"


def holds(body: bytes, **headers: str) -> bool:
    signature = SignedBody(SECRET, {name.replace("_", "-"): value for name, value in headers.items()})
    for start in range(0, len(body), 7):
        signature.feed(body[start : start + 7])
    return signature.holds()


@pytest.mark.parametrize(("state", "mode"), [("asked", "subscribe"), ("active", "subscribe"), ("ended", "unsubscribe")])
def test_a_request_names_topic_callback_secret_and_lease(state: str, mode: str):
    form = parse_qs(request_body(ask(state=state), "https://desk.example/base").decode("ascii"), strict_parsing=True)
    assert form == {
        "hub.mode": [mode],
        "hub.topic": [TOPIC],
        "hub.callback": ["https://desk.example/base/websub/t0ken"],
        "hub.secret": [SECRET],
        "hub.lease_seconds": ["864000"],
    }


@pytest.mark.parametrize(
    ("hub", "asked"),
    [
        ("https://hub.example/", ("https://hub.example/",)),
        ("http://hub.example/a?b", ("https://hub.example/a?b", "http://hub.example/a?b")),
        ("http://hub.example:8080/", ("http://hub.example:8080/",)),
        ("http://[2001:db8::1]/", ("http://[2001:db8::1]/",)),
    ],
)
def test_a_hub_is_asked_by_https_first(hub: str, asked: tuple[str, ...]):
    assert addresses(hub) == asked


def test_a_hub_that_names_another_is_followed_there():
    assert sent_on_to("https://hub.example/a", answered(307, location="/b")) == "https://hub.example/b"
    assert sent_on_to("http://hub.example/a", answered(308, location="https://h.example/")) == "https://h.example/"


@pytest.mark.parametrize(
    "answer",
    [
        answered(202),
        answered(302, location="https://elsewhere.example/"),
        answered(307),
        answered(307, location="http://hub.example/plain"),
        answered(308, location="https://[half/"),
        NotSent("dns", "No such name."),
    ],
)
def test_a_hub_is_not_followed_where_it_does_not_say_so_or_the_secret_would_show(answer):
    assert sent_on_to("https://hub.example/", answer) is None


def test_a_yes_of_a_hub_is_a_receipt_and_asked_about_again_until_it_calls():
    first, second = after_ask(ask(), answered(202)), after_ask(ask(failures=1), answered(202))
    assert (first.wait, first.error, first.refused) == (timedelta(minutes=5), None, False)
    assert second.wait == timedelta(minutes=10)
    assert "does not call back" in (second.error or "")


@pytest.mark.parametrize(
    ("answer", "sentence"),
    [
        (answered(400, b"topic\nnot   found."), "The hub answered 400: topic not found."),
        (answered(500, b"<html><body>a whole page"), "The hub answered 500."),
        (answered(302), "The hub answered 302."),
        (NotSent("connect", "No connection."), "No connection."),
        (Unknown("No answer in time."), "No answer in time."),
    ],
)
def test_a_hub_in_trouble_is_asked_ever_more_rarely_and_its_trouble_is_shown(answer, sentence):
    waits = [after_ask(ask(failures=failures), answer).wait for failures in range(2000)]
    assert waits[0] == timedelta(minutes=5)
    assert waits == sorted(waits)
    assert waits[-1] == LONGEST_WAIT
    assert after_ask(ask(), answer).error == sentence


def test_a_hub_where_we_may_not_go_is_refused_for_a_day():
    after = after_ask(ask(), NotSent("blocked", "Leads to 10.0.0.1.", permanent=True))
    assert (after.refused, after.wait, after.error) == (True, LONGEST_WAIT, "Leads to 10.0.0.1.")


@pytest.mark.parametrize(("retry_after", "seconds"), [(3600, 3600), (10, 300), (10**9, 86_400)])
def test_a_hub_that_asks_us_to_wait_is_believed_for_at_most_a_day(retry_after: int, seconds: int):
    assert after_ask(ask(), Answered(429, {}, b"", retry_after)).wait.total_seconds() == seconds


@pytest.mark.parametrize(
    ("said", "lease"),
    [
        ("60", timedelta(minutes=1)),
        ("864000", LEASE),
        ("99999999999999999999", LONGEST_BELIEVED_LEASE),
        ("0", LEASE),
        ("-5", LEASE),
        ("soon", LEASE),
        ("٣", LEASE),
        ("", LEASE),
        (None, LEASE),
    ],
)
def test_a_lease_is_believed_within_bounds(said: str | None, lease: timedelta):
    assert believed_lease(said) == lease


@given(st.text() | st.integers().map(str))
def test_whatever_a_hub_says_of_its_lease_it_is_renewed_in_time_and_not_too_often(said: str):
    assert SHORTEST_RENEWAL <= renewal(believed_lease(said)) <= LONGEST_BELIEVED_LEASE * 0.8


def call(**said: str) -> dict[str, str]:
    return {"hub.topic": TOPIC, **{f"hub.{name}": value for name, value in said.items()}}


def test_a_confirmation_of_what_we_asked_for_is_echoed_with_its_lease():
    said = call(mode="subscribe", challenge="c", lease_seconds="60")
    assert meaning_of(said, held()) == Confirmed("c", timedelta(minutes=1))
    assert meaning_of(said, held("active")) == Confirmed("c", timedelta(minutes=1))


def test_letting_go_is_confirmed_only_when_we_wanted_it():
    said = call(mode="unsubscribe", challenge="c")
    assert meaning_of(said, held("ended")) == LetGo("c")
    assert meaning_of(said, held("active")) == NotOurs()


def test_a_denial_is_believed_at_any_time_and_its_reason_is_one_short_line():
    said = call(mode="denied", reason="too\nmany " + "x" * 1000)
    denied = meaning_of(said, held("active", expected=False))
    assert isinstance(denied, Denied)
    assert denied.reason.startswith("too many")
    assert len(denied.reason) <= 200


@pytest.mark.parametrize(
    "said",
    [
        call(mode="subscribe", challenge="c") | {"hub.topic": "https://other.example/feed.xml"},
        call(mode="denied") | {"hub.topic": "https://other.example/feed.xml"},
        call(mode="subscribe"),
        call(mode="subscribe", challenge=""),
        call(mode="subscribe", challenge="x" * 1001),
        call(mode="subscribe", challenge="\x00binary"),
        call(mode="subscribe", challenge="two\r\nlines"),
        call(mode="publish", challenge="c"),
        call(challenge="c"),
        {},
    ],
)
def test_a_call_about_anything_else_is_not_ours(said: dict[str, str]):
    assert meaning_of(said, held()) == NotOurs()


@pytest.mark.parametrize("state", ["asked", "active", "ended", "refused"])
def test_a_confirmation_that_we_do_not_wait_for_is_not_ours(state: str):
    said = call(mode="unsubscribe" if state == "ended" else "subscribe", challenge="c")
    assert meaning_of(said, held(state, expected=False)) == NotOurs()


@pytest.mark.parametrize("method", ["sha1", "sha256", "sha384", "sha512"])
def test_every_method_of_the_recommendation_is_taken(method: str):
    body = b"<feed/>" * 100
    assert holds(body, x_hub_signature=signed(body, method))
    assert holds(body, x_hub_signature=signed(body, method).upper())
    assert not holds(body + b" ", x_hub_signature=signed(body, method))
    assert not holds(body, x_hub_signature=signed(body, method, secret="another"))


def test_a_signature_may_stand_in_a_header_of_its_method():
    assert holds(b"news", x_hub_signature_256=signed(b"news", "sha256"))


def test_of_several_signatures_the_strongest_must_hold():
    right, wrong = signed(b"news", "sha1"), signed(b"olds", "sha256")
    assert not holds(b"news", x_hub_signature=right, x_hub_signature_256=wrong)
    assert holds(b"news", x_hub_signature="sha1=" + "0" * 40, x_hub_signature_256=signed(b"news", "sha256"))


@pytest.mark.parametrize("stated", ["", "sha1=", "md5=" + "0" * 32, "sha256=" + "0" * 40, "sha1=" + "ä" * 40, "sha1"])
def test_without_a_signature_that_can_be_read_nothing_holds(stated: str):
    assert not holds(b"", x_hub_signature=stated)
    assert not SignedBody(SECRET, {}).holds()


@given(st.text(), st.binary())
def test_no_header_breaks_the_check_and_none_holds_by_chance(stated: str, body: bytes):
    assert not holds(body, x_hub_signature=stated)


@pytest.mark.parametrize("base", ["https://desk.example", "https://10.0.0.1:8443/base", "http://desk.lan:8080"])
def test_hubs_may_call_where_there_is_https_or_an_administrator_opened_the_host(base: str):
    assert callback_base(base, AllowedHosts.parse("desk.lan")) == base


@pytest.mark.parametrize("base", [None, "", "http://desk.example", "http://127.0.0.1:8080", "http://desk.lan:9"])
def test_hubs_may_not_call_by_plain_http_in_public(base: str | None):
    assert callback_base(base, AllowedHosts.parse("127.0.0.1:80,desk.lan:80")) is None


def test_an_address_or_a_port_can_be_opened_for_hubs():
    allowed = AllowedHosts.parse("10.1.0.0/16,desk.lan:8080")
    for base in ("http://10.1.2.3", "http://desk.lan:8080"):
        assert callback_base(base, allowed) == base


@pytest.mark.parametrize(
    ("header", "links"),
    [
        (
            '<https://hub.example/>; rel="hub", <https://a.example/feed>; rel="self"',
            ("https://hub.example/", "https://a.example/feed"),
        ),
        ("</hub>;rel=hub", ("https://a.example/hub", None)),
        ('<https://hub.example/>; title="x"; rel="alternate HUB"', ("https://hub.example/", None)),
        ('<https://one.example/>; rel="hub", <https://two.example/>; rel="hub"', ("https://one.example/", None)),
        ("nonsense; rel=hub, <>; rel=hub, <//[>; rel=hub", (None, None)),
        ("", (None, None)),
    ],
)
def test_a_hub_may_stand_in_the_header_of_the_answer(header, links):
    found = links_of_header(header, "https://a.example/feed.xml")
    assert (found.get("hub"), found.get("self")) == links


@given(st.text(max_size=300))
def test_no_header_is_too_odd_to_be_read(header):
    assert isinstance(links_of_header(header, "https://a.example/"), dict)
