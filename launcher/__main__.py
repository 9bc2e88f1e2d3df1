"""The launcher proper: runs in an environment that set-up made, and carries out the command."""

from __future__ import annotations

import errno
import os
import sys
from collections.abc import Callable
from pathlib import Path

from launcher.setup import options
from launcher.setup.layout import BUILD, ROOT
from launcher.setup.progress import step_aside
from launcher.setup.refusal import Refusal, disk_full


def main() -> int:
    """Carry out the command line and return the exit status."""
    if options.read(sys.argv[1:]).command in options.WITH_DATA:
        load_settings()
    found = options.read(sys.argv[1:])
    if found.command in options.RESULTS:
        step_aside()
    try:
        return _command(found.command)(found)
    except Refusal as refusal:
        print(f"hotline: {refusal}", file=sys.stderr)
    except OSError as error:
        if error.errno not in (errno.ENOSPC, errno.EDQUOT):
            raise
        print(f"hotline: {disk_full(error.filename or BUILD)}", file=sys.stderr)
    except KeyboardInterrupt:
        return 130
    return 1


def load_settings(file: Path = ROOT / ".env") -> None:
    """Add what .env at the top of the checkout says to the environment, which wins."""
    from dotenv import load_dotenv

    load_dotenv(file, override=False)


def _command(name: str) -> Callable[[options.Options], int]:
    # Imported when asked for: `test` and `check` run without what `up` needs.
    if name == "up":
        from launcher.line.up import up

        return up
    if name in ("test", "check"):
        from launcher import checks

        return checks.test if name == "test" else checks.check
    if name == "train":
        from launcher.line.up import train

        return train
    if name in ("triage", "evaluate"):
        from launcher.line import judging

        return judging.triage if name == "triage" else judging.evaluate
    from launcher.line import companions

    return {
        "phone": companions.phone,
        "user": companions.user,
        "directory": companions.directory,
        "protocols": companions.protocols,
        "audit": companions.audit,
        "status": companions.status,
        "bench": companions.bench,
    }[name]


if __name__ == "__main__":
    # Half-written lines of one that is killed by a closed pipe are no error of ours.
    os.environ.pop("PYTHONPATH", None)
    sys.exit(main())
