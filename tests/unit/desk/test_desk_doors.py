"""Where the desk listens, and to which names it answers."""

from __future__ import annotations

import pytest

from services.desk.domain.binding import check_binding
from services.desk.domain.hosts import answered_names, is_answered
from shared.kit.errors import PactwatchError


@pytest.mark.parametrize("host", ["127.0.0.1", "127.8.8.8", "localhost", "LOCALHOST", "::1", "[::1]"])
def test_the_desk_listens_on_this_machine(host: str):
    check_binding(host, published_on_loopback=False)


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "", "192.168.1.5", "desk.example.org", "localhost.example.org"])
def test_the_desk_refuses_to_be_seen_by_other_machines_and_says_what_to_set(host: str):
    with pytest.raises(PactwatchError) as refused:
        check_binding(host, published_on_loopback=False)
    assert "PACTWATCH_DESK_HOST=127.0.0.1" in refused.value.mend


def test_a_container_whose_port_is_published_on_loopback_may_listen_everywhere():
    check_binding("0.0.0.0", published_on_loopback=True)


@pytest.mark.parametrize(
    "header",
    ["localhost", "localhost:8080", "127.0.0.1:8080", "[::1]:8080", "[::1]", "LocalHost:1", "desk.example.org."],
)
def test_own_names_are_answered_with_and_without_a_port(header: str):
    assert is_answered(header, answered_names("https://desk.example.org:8443/base"))


@pytest.mark.parametrize(
    "header", ["", "evil.example", "localhost.evil.example", "127.0.0.1.evil.example", "[::2]", "evil.example:8080"]
)
def test_other_names_are_not_answered(header: str):
    assert not is_answered(header, answered_names("https://desk.example.org"))


def test_without_a_public_address_only_this_machines_names_are_answered():
    assert answered_names(None) == {"localhost", "127.0.0.1", "[::1]"}
