"""The process: `derivatex` and `python -m derivatex`."""

from __future__ import annotations

import os
import sys

from derivatex.store.current import SHOWN, nothing_to_do

SETTLED = {
    "PYDANTIC_DISABLE_PLUGINS": "__all__",  # which takes long to look for
    **dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"), "1"),
}  # processes run side by side: their linear algebra does not

TYPE_CHECKING = False
if TYPE_CHECKING:
    from types import FrameType
    from typing import NoReturn


def main() -> None:
    """Run the command line and leave with its exit code; where there is nothing to do, at once."""
    current = nothing_to_do(sys.argv[1:], os.getcwd())  # noqa: PTH109  # pathlib is slow to import
    if current is None:
        _run()
    try:
        sys.stdout.write("".join(f"{pdf}  {SHOWN}\n" for pdf in current or ()))
        sys.stdout.flush()
    except OSError:
        _run()  # which knows what to say


def _run() -> NoReturn:
    """Import everything and run.

    Until then there is nothing to tidy: Ctrl-C ends the process at once.
    Then the first signal interrupts the run, and those after it do not interrupt the tidying.
    """
    import signal  # noqa: PLC0415  # it takes longer than all of the above

    signal.signal(signal.SIGINT, signal.SIG_DFL)
    for name, value in SETTLED.items():
        os.environ.setdefault(name, value)
    from derivatex.cli.commands import run  # noqa: PLC0415  # after the line above

    signals = (signal.SIGINT, signal.SIGTERM)

    def ignore_signals() -> None:
        for number in signals:
            signal.signal(number, signal.SIG_IGN)

    def interrupt(number: int, frame: FrameType | None) -> NoReturn:
        del number, frame
        ignore_signals()
        raise KeyboardInterrupt

    for number in signals:
        signal.signal(number, interrupt)
    code = run(sys.argv[1:])
    ignore_signals()
    sys.exit(code)


if __name__ == "__main__":
    main()
