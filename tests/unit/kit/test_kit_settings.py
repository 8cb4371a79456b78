"""Settings: every variable that cannot be taken names itself, its value and what it should be; secrets stay secret."""

from __future__ import annotations

import os

import pytest

from shared.kit.errors import WrongInput
from shared.kit.settings import Settings, load_settings

WRONG = {
    "desk_port": ("abc", "70000", "-1", ""),
    "health_port": ("65536", "8081.5"),
    "smtp_port": ("smtp",),
    "smtp_tls": ("maybe", ""),
    "base_url": ("javascript:x", "desk.example.org", "ftp://desk"),
    "nats_url": ("http://hush@nats", "nats"),
    "burst_messages": ("-1", "ten", "2.5"),
    "burst_seconds": ("0", "-3", "nan"),
    "lease_seconds": ("0", "-3", "nan", "inf", "a minute"),
    "sweep_seconds": ("0", "-1", "often"),
    "announce_again_seconds": ("0", "-1"),
    "outage_wait_seconds": ("0", "inf"),
    "handler_waits_seconds": ("", "1,x,3", "1,-5", "nan", ","),
    "delivery_waits_seconds": ("", "soon", "1;2"),
    "log_level": ("loud", "", "10"),
    "log_format": ("xml",),
    "desk_published_on_loopback": ("perhaps",),
    "desk_proxies": ("*", "proxy", "10.0.0.0/33"),
    "session_idle_seconds": ("0", "-1", "half a day"),
    "session_most_seconds": ("0", "inf"),
    "rules_four_eyes": ("perhaps",),
    "rules_most_hits_per_day": ("0", "-1", "many"),
}


@pytest.fixture(autouse=True)
def no_variables(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [name for name in os.environ if name.startswith("PACTWATCH_")]:
        monkeypatch.delenv(name)


@pytest.mark.parametrize(("field", "value"), [(field, value) for field, values in WRONG.items() for value in values])
def test_a_variable_that_cannot_be_taken_names_itself_its_value_and_its_meaning(
    field: str, value: str, monkeypatch: pytest.MonkeyPatch
):
    name = f"PACTWATCH_{field.upper()}"
    monkeypatch.setenv(name, value)
    with pytest.raises(WrongInput) as refused:
        load_settings()
    assert refused.value.field == name
    assert str(refused.value).startswith(f"{name}: ")
    assert refused.value.mend == Settings.model_fields[field].description


def test_every_setting_that_is_not_plain_text_has_wrong_values_here():
    free_text = {name for name, field in Settings.model_fields.items() if "str" in str(field.annotation).lower()}
    assert set(Settings.model_fields) - free_text - {"data_dir", "catalogue_dir"} <= set(WRONG)


def test_waits_are_written_with_commas(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("PACTWATCH_HANDLER_WAITS_SECONDS", "0.2, 1,30,")
    assert load_settings().handler_waits_seconds == (0.2, 1, 30)


def test_a_level_may_be_written_in_capitals(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("PACTWATCH_LOG_LEVEL", " WARNING")
    assert load_settings().log_level == "warning"


def test_what_the_command_line_gives_wins(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("PACTWATCH_DESK_PORT", "9000")
    assert load_settings().desk_port == 9000
    assert load_settings(desk_port=9001).desk_port == 9001


def test_a_variable_that_nobody_knows_is_no_reason_to_stop(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("PACTWATCH_FAIL_AT", "nowhere")
    monkeypatch.setenv("PACTWATCH_OF_NEXT_YEAR", "1")
    load_settings()


def test_secrets_are_in_no_repr_and_no_dump(monkeypatch: pytest.MonkeyPatch):
    for name in ("NATS_URL", "DATABASE_URL", "SMTP_PASSWORD"):
        monkeypatch.setenv(f"PACTWATCH_{name}", f"nats://user:hush-{name}@host")
    settings = load_settings()
    for shown in (repr(settings), str(settings), str(settings.model_dump()), settings.model_dump_json()):
        assert "hush" not in shown
    assert settings.nats_url is not None
    assert settings.nats_url.get_secret_value() == "nats://user:hush-NATS_URL@host"


def test_a_wrong_variable_beside_a_secret_does_not_tell_the_secret(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("PACTWATCH_SMTP_PASSWORD", "hush")
    monkeypatch.setenv("PACTWATCH_SMTP_PORT", "x")
    with pytest.raises(WrongInput) as refused:
        load_settings()
    assert "hush" not in str(refused.value)


def test_a_folder_without_a_name_is_no_folder(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("PACTWATCH_CATALOGUE_DIR", "")
    assert load_settings().catalogue_dir is None
