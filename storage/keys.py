"""The key file: made once, kept outside the database, rotated without downtime.

`python -m storage.keys init|rotate|reseal PATH`. After `rotate` new rows use the new key and old
rows still open; `reseal` (with DATABASE_URL) rewrites every sealed column with the new key.
"""

from __future__ import annotations

import asyncio
import base64
import json
import os
import secrets
import stat
import sys
from pathlib import Path

from storage.crypto import KEY_BYTES, KEY_ID_BYTES, Keyring

FORMAT = 1


class BadKeyFile(Exception):
    """The key file is missing, unreadable or readable by others; the message says the way out."""


def create(path: Path) -> Keyring:
    """Make a key file that only its owner can read. Raises BadKeyFile when one exists."""
    key_id = _new_key_id({})
    keyring = Keyring(
        primary=key_id,
        keys={key_id: secrets.token_bytes(KEY_BYTES)},
        fingerprint_key=secrets.token_bytes(KEY_BYTES),
    )
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        raise BadKeyFile(f"{path} exists already; a lost key file means lost messages") from None
    with os.fdopen(descriptor, "w") as file:
        file.write(_encode(keyring))
        file.flush()
        os.fsync(file.fileno())
    return keyring


def load(path: Path) -> Keyring:
    """Read the key file. Raises BadKeyFile."""
    try:
        mode = path.stat().st_mode
        raw = json.loads(path.read_text())
    except FileNotFoundError:
        raise BadKeyFile(f"no key file at {path}; make one: python -m storage.keys init") from None
    except (OSError, ValueError) as error:
        raise BadKeyFile(f"the key file {path} cannot be read: {type(error).__name__}") from None
    if mode & (stat.S_IRWXG | stat.S_IRWXO):
        raise BadKeyFile(f"the key file {path} is open to others; close it: chmod 600 {path}")
    if not isinstance(raw, dict) or raw.get("format") != FORMAT:
        raise BadKeyFile(f"the key file {path} is not of format {FORMAT}")
    return Keyring(
        primary=raw["primary"],
        keys={name: base64.b64decode(key) for name, key in raw["keys"].items()},
        fingerprint_key=base64.b64decode(raw["fingerprint"]),
    )


def rotate(path: Path) -> Keyring:
    """Add a new primary key to the file, keeping the old ones for reading."""
    old = load(path)
    key_id = _new_key_id(old.keys)
    new = Keyring(
        primary=key_id,
        keys={**old.keys, key_id: secrets.token_bytes(KEY_BYTES)},
        fingerprint_key=old.fingerprint_key,
    )
    aside = path.with_suffix(".new")
    aside.touch(mode=0o600)
    aside.write_text(_encode(new))
    aside.replace(path)
    return new


def _new_key_id(taken: object) -> str:
    while (key_id := secrets.token_hex(KEY_ID_BYTES)) in taken:  # type: ignore[operator]
        continue
    return key_id


def _encode(keyring: Keyring) -> str:
    def encoded(key: bytes) -> str:
        return base64.b64encode(key).decode()

    return json.dumps(
        {
            "format": FORMAT,
            "primary": keyring.primary,
            "keys": {name: encoded(key) for name, key in keyring.keys.items()},
            "fingerprint": encoded(keyring.fingerprint_key),
        },
        indent=1,
    )


def main(arguments: list[str]) -> int:
    """The command line; prints one sentence and returns an exit status."""
    if len(arguments) != 2 or arguments[0] not in ("init", "rotate", "reseal"):
        print("usage: python -m storage.keys init|rotate|reseal PATH", file=sys.stderr)
        return 2
    verb, path = arguments[0], Path(arguments[1])
    try:
        if verb == "init":
            create(path)
            print(f"key file written: {path} (keep a copy off this machine)")
        elif verb == "rotate":
            print(f"new primary key: {rotate(path).primary}; restart the processes, then reseal")
        else:
            from storage.reseal import reseal_all

            print(f"values sealed anew: {asyncio.run(reseal_all(load(path)))}")
    except BadKeyFile as error:
        print(error, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
