"""`python -m directory import|export|check FILE`: the directory as HSDS 3.1 files.

`./hotline directory ...` calls it with the running line's database. A name that ends in `.json`
is nested JSON, in `.zip` a CSV data package. `export --with-sealed --key-file KEYS` writes
sealed records too, the whole file encrypted with the line's keys; `import --key-file` reads it.
"""

from __future__ import annotations

import argparse
import os
import sys
from pathlib import Path

import psycopg

from directory.hsds.exporting import as_csv, as_json, collect
from directory.hsds.importing import Ready, load, prepare
from directory.hsds.package import Package, Refused
from directory.hsds.reading import read, read_bytes
from storage.crypto import CannotOpen, Keyring
from storage.keys import BadKeyFile
from storage.keys import load as load_keys

_PLACE = "directory.export"


class Usage(Exception):
    """The command cannot be carried out as it was written; the message says the way out."""


def main(words: list[str] | None = None) -> int:
    """One line on success, one for each fault otherwise; the exit status."""
    wanted = _options(words)
    try:
        return {"import": _import, "export": _export, "check": _check}[wanted.verb](wanted)
    except Refused as refusal:
        for fault in refusal.faults:
            print(fault, file=sys.stderr)
        print("nothing was imported", file=sys.stderr)
    except (Usage, BadKeyFile) as error:
        print(f"directory: {error}", file=sys.stderr)
        return 2
    except CannotOpen:
        print("directory: the key file does not open this export", file=sys.stderr)
    except OSError as error:
        print(f"directory: {wanted.file}: {error.strerror}", file=sys.stderr)
    except psycopg.OperationalError:
        print("directory: the database does not answer; check DATABASE_URL", file=sys.stderr)
    except psycopg.Error as error:
        # The primary message names the constraint; the detail would repeat the row.
        print(f"directory: nothing was imported: {error.diag.message_primary}", file=sys.stderr)
    return 1


def _options(words: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="hotline directory", description="HSDS 3.1 in and out.")
    parser.add_argument("verb", choices=("import", "export", "check"))
    parser.add_argument("file", type=Path, help="NAME.json, or NAME.zip for CSV")
    parser.add_argument("--with-sealed", action="store_true", help="sealed records too, encrypted")
    parser.add_argument("--key-file", type=Path, help="the line's keys, for an encrypted file")
    return parser.parse_args(words)


def _import(wanted: argparse.Namespace) -> int:
    ready = prepare(_package(wanted))
    load(_url(), ready, over_sealed=wanted.key_file is not None)
    print(f"imported: {_counted(ready)}")
    return 0


def _check(wanted: argparse.Namespace) -> int:
    print(f"fits HSDS 3.1: {_counted(prepare(_package(wanted)))}")
    return 0


def _export(wanted: argparse.Namespace) -> int:
    if wanted.with_sealed != (wanted.key_file is not None):
        raise Usage("sealed records leave encrypted only: give --with-sealed and --key-file")
    keys = load_keys(wanted.key_file) if wanted.key_file else None
    package = collect(_url(), with_sealed=wanted.with_sealed)
    content = as_csv(package) if wanted.file.suffix == ".zip" else as_json(package)
    if keys is not None:
        content = keys.seal(content.decode("latin-1"), _PLACE)
    descriptor = os.open(wanted.file, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(content)
    print(f"exported: {package.size} records, {len(package.tables.get('service', {}))} services")
    return 0


def _package(wanted: argparse.Namespace) -> Package:
    if wanted.key_file is None:
        return read(wanted.file)
    keys: Keyring = load_keys(wanted.key_file)
    return read_bytes(keys.open(wanted.file.read_bytes(), _PLACE).encode("latin-1"),
                      wanted.file.name)  # fmt: skip


def _counted(ready: Ready) -> str:
    return f"{ready.size} records, {len(ready.tables.get('service', []))} services"


def _url() -> str:
    url = os.environ.get("DATABASE_URL", "")
    if not url:
        raise Usage("DATABASE_URL is not set; ./hotline directory sets it for the running line")
    return url


if __name__ == "__main__":
    raise SystemExit(main())
