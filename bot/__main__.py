"""`python -m bot` serves the engine; `python -m bot train` trains its model."""

from __future__ import annotations

import argparse
import importlib
import sys
import time

from bot.settings import Settings, SettingWrong, model_dir


def main(arguments: list[str] | None = None) -> int:
    """Returns the exit status."""
    parser = argparse.ArgumentParser(prog="python -m bot", description=__doc__)
    parser.add_argument("command", nargs="?", choices=("serve", "train"), default="serve")
    parser.add_argument("--force", action="store_true", help="train even if nothing changed")
    chosen = parser.parse_args(arguments)
    try:
        if chosen.command == "train":
            return _train(force=chosen.force)
        return _serve()
    except SettingWrong as fault:
        print(f"bot: {fault}", file=sys.stderr)
        return 2


def _train(*, force: bool) -> int:
    from bot import training

    started, stdout = time.monotonic(), sys.stdout

    def progress(line: str) -> None:
        print(f"train {time.monotonic() - started:4.0f} s  {line}", file=stdout, flush=True)

    try:
        training.train(model_dir(), progress, force=force)
    except training.TrainingFailed as fault:
        print(f"bot: {fault}", file=sys.stderr)
        return 1
    return 0


def _serve() -> int:
    settings = Settings.read()
    # skops looks through every module there is for the home of 800 types when it is imported:
    # before Rasa there are few, and the start is two seconds shorter.
    importlib.import_module("skops.io")
    from bot.without_tensorflow import keep_out

    keep_out()
    from bot import server

    try:
        server.serve(settings)
    except (server.NoModel, server.PortTaken, server.WrongStore) as fault:
        print(f"bot: {fault}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
