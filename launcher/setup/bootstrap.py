"""The first Python of every command: sets up what is missing, then hands over.

Runs on whatever Python 3.8 or newer a fresh machine has, with nothing
installed; so do all the modules that it imports.
"""

from __future__ import annotations

import errno
import os
import signal
import sys
from types import FrameType

from launcher.setup import environments, options
from launcher.setup.layout import BUILD, ROOT, environment_python
from launcher.setup.progress import step_aside
from launcher.setup.refusal import Refusal, disk_full
from launcher.setup.tools import clean_environment

# `up` goes on counting: model, database, processes.
STEPS = {"up": 5}

_ENVIRONMENTS = {
    one.name: one for one in (environments.SERVICES, environments.DEV, environments.ENGINE)
}


def main() -> None:
    """Run the command line; ends by becoming the launcher proper."""
    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, _interrupt)
    found = options.read(sys.argv[1:])
    if found.command == "help":
        print(options.usage())
        return
    if found.command in options.RESULTS:
        step_aside()
    try:
        _go_on(found)
    except Refusal as refusal:
        sys.exit(f"hotline: {refusal}")
    except KeyboardInterrupt:
        sys.exit("\nhotline: stopped during set-up; the next run goes on from here")
    except OSError as error:
        if error.errno in (errno.ENOSPC, errno.EDQUOT):
            sys.exit(f"hotline: {disk_full(BUILD)}")
        if error.errno in (errno.EACCES, errno.EPERM, errno.EROFS):
            sys.exit(
                f"hotline: {error.filename or BUILD} cannot be written ({error.strerror}): give "
                "this user the right to write there, or use a checkout of its own"
            )
        raise


def _go_on(found: options.Options) -> None:
    if found.command == "lock":
        from launcher.setup import locks

        locks.write_all()
        return
    needed = [_ENVIRONMENTS[name] for name in options.COMMANDS[found.command].environments]
    environments.ensure(needed, STEPS.get(found.command, len(needed)))
    for environment in needed:
        environments.hold(environment)
    python = str(environment_python(needed[0].name))
    extra = {"PYTHONPATH": str(ROOT), "PYTHONNOUSERSITE": "1"}
    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_DFL)
    os.execve(python, [python, "-m", "launcher", *sys.argv[1:]], clean_environment(extra))


def _interrupt(number: int, frame: FrameType | None) -> None:
    raise KeyboardInterrupt


if __name__ == "__main__":
    main()
