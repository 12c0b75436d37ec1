"""The process: `derivatex` and `python -m derivatex`."""

from __future__ import annotations

import signal
import sys
from typing import TYPE_CHECKING, NoReturn

if TYPE_CHECKING:
    from types import FrameType

SIGNALS = (signal.SIGINT, signal.SIGTERM)


def main() -> None:
    """Run the command line and leave with its exit code.

    Until everything is imported there is nothing to tidy: Ctrl-C ends the process at once.
    Then the first signal interrupts the run, and those after it do not interrupt the tidying.
    """
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    from derivatex.cli.commands import run  # noqa: PLC0415  # after the line above

    for number in SIGNALS:
        signal.signal(number, _interrupt)
    code = run(sys.argv[1:])
    _ignore_signals()
    sys.exit(code)


def _interrupt(number: int, frame: FrameType | None) -> NoReturn:
    del number, frame
    _ignore_signals()
    raise KeyboardInterrupt


def _ignore_signals() -> None:
    for number in SIGNALS:
        signal.signal(number, signal.SIG_IGN)


if __name__ == "__main__":
    main()
