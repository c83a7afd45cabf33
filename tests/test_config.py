from __future__ import annotations

import contextlib
import stat
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from appliance import config
from appliance.config import Settings, SettingsError, load, parse


def test_without_a_file_the_usual_settings_hold(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(config, "DEFAULT_FILE", tmp_path / "none.toml")
    assert load() == Settings()


def test_the_machines_own_file_is_read_where_it_has_one(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "safespan.toml").write_text('[school]\nname = "Hill Top"\n')
    monkeypatch.setattr(config, "DEFAULT_FILE", tmp_path / "safespan.toml")
    assert load().school.name == "Hill Top"


def test_a_file_saved_by_a_windows_editor_is_read(tmp_path: Path) -> None:
    file = tmp_path / "safespan.toml"
    file.write_bytes(b"\xef\xbb\xbf[page]\r\nport = 9000\r\nhosts = [\r\n  'box.school',\r\n]\r\n")
    assert load(file).page == config.Page(port=9000, hosts=("box.school",))


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("[page]\nport = 'x'", "page.port"),
        ("[page]\nprot = 1", "page"),
        ("[pages]\nport = 1", "pages"),
        ("[page]\nport = 0", "from 1 to 65535"),
        ("[page\nport = 1", "not valid TOML"),
        ("[lights]\ngreen = 27", "five different BCM numbers"),
        ("[lights]\ngreen = 54", "0 to 53"),
        ("[lights]\nboard = 'disco'", "lights.board"),
        ("[keep]\nrecent_hours = 49", "keep.recent_hours is 49"),
        ("[sensor]\nbuffer_megabytes = 0", "sensor.buffer_megabytes"),
        ("[[lists]]\ncategory = 'games'", "lists"),
        ("[[lists]]\npath = 'x'\ncategory = 'games'\nformat = 'zip'", "lists"),
    ],
)
def test_what_is_wrong_is_said_with_file_and_key(text: str, says: str) -> None:
    with pytest.raises(SettingsError) as caught:
        parse(text, "/etc/safespan/safespan.toml")
    assert says in str(caught.value)
    assert "/etc/safespan/safespan.toml" in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_file_that_is_missing_or_no_text_is_one_sentence(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="can't be read"):
        load(tmp_path / "none.toml")
    with pytest.raises(SettingsError, match="can't be read"):
        load(tmp_path)
    (tmp_path / "latin.toml").write_bytes(b"[school]\nname = '\xe9cole'\n")
    with pytest.raises(SettingsError, match="UTF-8"):
        load(tmp_path / "latin.toml")


@given(st.text())
def test_any_text_is_settings_or_a_settings_error(text: str) -> None:
    with contextlib.suppress(SettingsError):
        assert isinstance(parse(text), Settings)


def test_the_boxes_recent_folder_is_its_own_and_others_are_in_memory(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    assert config.recent_dir(config.APPLIANCE_DATA) == config.APPLIANCE_RECENT
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(tmp_path))
    one, other = config.recent_dir(tmp_path / "one"), config.recent_dir(tmp_path / "other")
    assert one != other
    assert one == config.recent_dir(tmp_path / "one" / ".." / "one")
    assert one.parent == tmp_path


def test_without_a_folder_in_memory_names_stay_beside_the_records(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("XDG_RUNTIME_DIR", "")
    monkeypatch.setattr(config.os, "access", lambda path, mode: False)
    assert config.recent_dir(tmp_path) == tmp_path / "recent"


def test_a_users_records_are_in_the_users_own_folder(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(config, "APPLIANCE_DATA", tmp_path / "none")
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))
    assert config.default_data_dir() == tmp_path / "safespan"


def test_the_box_has_its_own_folder(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(config, "APPLIANCE_DATA", tmp_path)
    assert stat.S_ISDIR(tmp_path.stat().st_mode)
    assert config.default_data_dir() == tmp_path
