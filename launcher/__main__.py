"""The launcher proper: runs in an environment that set-up made, and carries out the command."""

from __future__ import annotations

import sys

from launcher.setup import options

if __name__ == "__main__":
    print(options.read(sys.argv[1:]))
