"""Where the key comes from that seals secrets."""

from __future__ import annotations

import pytest

from services.cli.secret_key import FILE_NAME, seals_if_any, seals_of
from shared.kit.errors import PactwatchError, WrongInput
from shared.kit.settings import Settings

KEY = "the key that an operator has given"


def test_without_a_setting_a_key_is_made_once_for_its_owner_alone(tmp_path):
    settings = Settings(data_dir=tmp_path / "house")
    assert seals_if_any(settings) is None
    first = seals_of(settings)
    file = settings.data_dir / FILE_NAME
    assert file.stat().st_mode & 0o777 == 0o600
    assert seals_of(settings).keys == first.keys
    assert seals_if_any(settings) is not None
    assert [each.name for each in settings.data_dir.iterdir()] == [FILE_NAME]


def test_a_given_key_wins_and_no_file_is_made(tmp_path):
    assert seals_of(Settings(data_dir=tmp_path, secret_key=KEY)).keys == (KEY.encode(),)
    assert list(tmp_path.iterdir()) == []


def test_a_variable_without_a_value_is_none(tmp_path, monkeypatch):
    monkeypatch.setenv("PACTWATCH_SECRET_KEY", "")
    assert seals_if_any(Settings(data_dir=tmp_path)) is None


def test_a_file_that_was_emptied_is_an_error_and_not_a_new_key(tmp_path):
    (tmp_path / FILE_NAME).write_text("")
    with pytest.raises(WrongInput, match="PACTWATCH_SECRET_KEY"):
        seals_of(Settings(data_dir=tmp_path))


def test_a_folder_that_cannot_be_written_names_the_setting(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(PactwatchError, match="PACTWATCH_SECRET_KEY"):
        seals_of(Settings(data_dir=tmp_path / "file" / "house"))
