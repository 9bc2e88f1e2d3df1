"""Sealing, keys and their rotation."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from storage.crypto import CannotOpen, Keyring
from storage.keys import BadKeyFile, create, load, main, rotate

RING = Keyring(primary="aabbccdd", keys={"aabbccdd": b"k" * 32}, fingerprint_key=b"f" * 32)


@given(st.text(alphabet=st.characters(), max_size=300))
def test_what_is_sealed_opens(text: str) -> None:
    """Every text, odd code points included, comes back."""
    assert RING.open(RING.seal(text, "message.body:1"), "message.body:1") == text


def test_sealing_twice_looks_different() -> None:
    """Equal texts cannot be told from their sealed forms."""
    assert RING.seal("hello", "message.body:1") != RING.seal("hello", "message.body:1")


def test_a_sealed_text_opens_in_its_place_only() -> None:
    """Moved to another row, it does not open."""
    with pytest.raises(CannotOpen):
        RING.open(RING.seal("hello", "message.body:1"), "message.body:2")


@given(st.integers(min_value=0, max_value=40), st.integers(min_value=1, max_value=255))
def test_a_changed_byte_is_noticed(position: int, flip: int) -> None:
    """No byte of a sealed value can be changed unnoticed."""
    sealed = bytearray(RING.seal("a text of some length", "p"))
    sealed[position % len(sealed)] ^= flip
    with pytest.raises(CannotOpen):
        RING.open(bytes(sealed), "p")


def test_the_error_holds_no_words() -> None:
    """What cannot be opened is named by its place."""
    with pytest.raises(CannotOpen) as raised:
        RING.open(RING.seal("my secret", "a"), "b")
    assert "secret" not in str(raised.value)


def test_fingerprints_meet_and_need_the_key() -> None:
    """Equal addresses meet; another key or kind gives another print."""
    other = Keyring(primary="aabbccdd", keys=RING.keys, fingerprint_key=b"g" * 32)
    mark = RING.fingerprint("+16135550123", "address")
    assert mark == RING.fingerprint("+16135550123", "address")
    assert mark != other.fingerprint("+16135550123", "address")
    assert mark != RING.fingerprint("+16135550123", "code")


def test_repr_shows_no_key() -> None:
    """A keyring in a traceback or log shows nothing."""
    assert "kkkk" not in repr(RING)


def test_a_key_file_is_private_and_made_once(tmp_path: Path) -> None:
    """Mode 0600; a second init refuses rather than lose the first."""
    path = tmp_path / "keys" / "line.json"
    created = create(path)
    assert path.stat().st_mode & 0o777 == 0o600
    assert load(path) == created
    with pytest.raises(BadKeyFile, match="exists already"):
        create(path)


def test_a_key_file_open_to_others_is_refused(tmp_path: Path) -> None:
    """The sentence tells the way out."""
    path = tmp_path / "line.json"
    create(path)
    path.chmod(0o644)
    with pytest.raises(BadKeyFile, match="chmod 600"):
        load(path)


def test_after_rotation_old_values_open_and_new_ones_use_the_new_key(tmp_path: Path) -> None:
    """No downtime: both keys are in the file until everything is resealed."""
    path = tmp_path / "line.json"
    old = create(path)
    sealed = old.seal("hello", "p")
    new = rotate(path)
    assert load(path).open(sealed, "p") == "hello"
    assert new.primary != old.primary
    assert Keyring.key_of(new.seal("x", "p")) == new.primary
    assert path.stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize("content", ["", "{}", "[1]", '{"format": 9}'])
def test_a_broken_key_file_is_one_sentence(
    tmp_path: Path, content: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """No traceback for an operator."""
    path = tmp_path / "line.json"
    path.touch(mode=0o600)
    path.write_text(content)
    assert main(["rotate", str(path)]) == 1
    assert "key file" in capsys.readouterr().err
