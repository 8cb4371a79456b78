"""Who comes from where, who may what, and where nobody is sent."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.desk.domain.accounts import Role
from services.desk.domain.origins import is_ours, own_path
from services.desk.domain.permissions import GRANTED, Permission, roles_with
from services.desk.domain.visitors import NOBODY, Visitor, Whence
from shared.kit.tokens import is_proof, new_token, proof_of, token_hash


@pytest.mark.parametrize("address", ["127.0.0.1", "127.8.8.8", "::1", "::ffff:127.0.0.1"])
@pytest.mark.parametrize("host", ["localhost:8080", "127.0.0.1", "[::1]:80"])
def test_this_machine_is_known_by_address_and_name(address: str, host: str):
    assert Whence(address, host).is_this_machine
    assert not Whence(address, host, forwarded=True).is_this_machine


@pytest.mark.parametrize(
    ("address", "host"),
    [("127.0.0.1", "desk.example.org"), ("192.168.1.5", "127.0.0.1"), ("", "localhost"), ("unix", "localhost")],
)
def test_everything_else_is_not_this_machine(address: str, host: str):
    assert not Whence(address, host).is_this_machine


def test_an_owner_may_everything_and_every_role_may_look_after_its_own_account():
    assert GRANTED[Role.OWNER] == frozenset(Permission)
    assert set(GRANTED) == set(Role)
    assert roles_with(Permission.LOOK) == roles_with(Permission.OWN_ACCOUNT) == tuple(Role)


def test_accounts_are_kept_by_owners_alone():
    assert roles_with(Permission.KEEP_ACCOUNTS) == (Role.OWNER,)


def test_before_there_is_an_owner_this_machine_may_look_and_correct_and_nothing_else():
    here = Visitor(unowned_here=True)
    assert {permission for permission in Permission if here.may(permission)} == {Permission.LOOK, Permission.CORRECT}
    assert not [permission for permission in Permission if NOBODY.may(permission)]


@given(st.text(max_size=60))
def test_whatever_is_asked_for_one_goes_on_within_the_desk(wanted: str):
    path = own_path(wanted)
    assert path.startswith("/")
    assert not path.startswith(("//", "/\\"))
    assert path in {wanted, "/"}


@pytest.mark.parametrize("wanted", ["//evil.example", "/\\evil.example", "/\t/evil.example", "evil", "", "https://a/"])
def test_addresses_of_other_sites_lead_to_the_first_page(wanted: str):
    assert own_path(wanted) == "/"


@pytest.mark.parametrize(
    ("fetch_site", "origin", "ours"),
    [
        ("same-origin", None, True),
        ("same-site", "http://desk:1", False),
        ("cross-site", None, False),
        ("none", None, False),
        (None, "http://desk:1", True),
        (None, "http://DESK:1", True),
        (None, "http://desk:2", False),
        (None, "null", True),
        (None, None, True),
    ],
)
def test_a_form_is_ours_when_the_browser_says_so(fetch_site: str | None, origin: str | None, ours: bool):
    assert is_ours(fetch_site, origin, "desk:1") is ours


def test_a_proof_belongs_to_one_token_and_tells_nothing_of_it():
    token, other = new_token(), new_token()
    assert token != other
    assert is_proof(proof_of(token), token)
    assert not is_proof(proof_of(other), token)
    assert not is_proof("ключ", token)
    assert token not in proof_of(token)
    assert token not in token_hash(token)
