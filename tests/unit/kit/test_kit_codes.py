"""Codes of an authenticator app, against the examples of RFC 6238, and used once each."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.kit.codes import code_address, code_at, new_code_secret, step_of

OF_THE_RFC = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"  # "12345678901234567890"
NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)
HALF_A_MINUTE = timedelta(seconds=30)


@pytest.mark.parametrize(
    ("seconds", "code"),
    [(59, "287082"), (1111111109, "081804"), (1234567890, "005924"), (2000000000, "279037"), (20000000000, "353130")],
)
def test_the_codes_are_those_of_rfc_6238(seconds: int, code: str):
    now = datetime.fromtimestamp(seconds, UTC)
    assert code_at(OF_THE_RFC, now) == code
    assert step_of(OF_THE_RFC, f" {code[:3]} {code[3:]}", now) == seconds // 30


def test_a_code_counts_for_its_half_minute_and_the_next():
    code = code_at(OF_THE_RFC, NOON)
    assert step_of(OF_THE_RFC, code, NOON + HALF_A_MINUTE) == int(NOON.timestamp()) // 30
    assert step_of(OF_THE_RFC, code, NOON + 2 * HALF_A_MINUTE) is None
    assert step_of(OF_THE_RFC, code, NOON - HALF_A_MINUTE) is None


def test_a_code_works_once_and_no_older_one_after_it():
    step = step_of(OF_THE_RFC, code_at(OF_THE_RFC, NOON), NOON)
    assert step is not None
    for then in (NOON, NOON - HALF_A_MINUTE):
        assert step_of(OF_THE_RFC, code_at(OF_THE_RFC, then), NOON, after=step) is None
    later = NOON + HALF_A_MINUTE
    assert step_of(OF_THE_RFC, code_at(OF_THE_RFC, later), later, after=step) == step + 1


@given(st.text(max_size=12))
def test_whatever_is_typed_is_a_code_or_not(typed: str):
    step = step_of(OF_THE_RFC, typed, NOON)
    right = {code_at(OF_THE_RFC, NOON), code_at(OF_THE_RFC, NOON - HALF_A_MINUTE)}
    assert (step is not None) == ("".join(typed.split()) in right)


def test_secrets_are_long_and_an_app_takes_them_up_by_an_address():
    secret = new_code_secret()
    assert len(secret) == 32  # 160 bits in base32
    assert secret != new_code_secret()
    address = code_address(secret, "Asha Rao", "Pactwatch")
    assert address.startswith("otpauth://totp/Pactwatch:Asha%20Rao?")
    assert f"secret={secret}" in address
