"""Becomes another program that ends when the launcher ends, whatever ends it.

Run as a file: `python tether.py PARENT SIGNAL USER COMMAND ...`. On Linux the
kernel is asked to send SIGNAL to this process when its parent is gone, which
holds through exec, so that even a launcher killed with SIGKILL leaves nothing
behind. The signal is set last: changing the user would clear it. Other systems
have no such request; there a launcher killed with SIGKILL leaves its processes
running.
"""

import ctypes
import os
import pwd
import sys

PR_SET_PDEATHSIG = 1
GONE = 3


def main(arguments: list[str]) -> None:
    """Drop to USER ("-" stays), tie the process to PARENT and exec COMMAND."""
    parent, signal, user, *command = arguments
    if user != "-":
        entry = pwd.getpwnam(user)
        os.initgroups(user, entry.pw_gid)
        os.setgid(entry.pw_gid)
        os.setuid(entry.pw_uid)
    if sys.platform == "linux":
        ctypes.CDLL(None, use_errno=True).prctl(PR_SET_PDEATHSIG, int(signal), 0, 0, 0)
    if os.getppid() != int(parent):
        sys.exit(GONE)
    os.execv(command[0], command)


if __name__ == "__main__":
    main(sys.argv[1:])
