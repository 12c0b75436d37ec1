"""Faults of the Python module: each is found when it is run, in a process of its own."""

from __future__ import annotations

from derivatex.diagnostics import ExitCode
from tests.faults.fault import MODULE, PROBLEM, Edit, Fault, module

SQUARE = "@value(route=square_by_addition, digits=2)\n"
ROOT = "@value(route=root_by_newton, digits=3)\n"
ENDS = "    return made\n"
CIRCLE = """▸@value(route=abs)
def here(there: float) -> float:
    return there


@value(route=abs)
def there(here: float) -> float:
    return here


"""


def _drawing(name: str, does: str, id_: str, says: str = "") -> Fault:
    """Make the figure's function do something before it returns, and be blamed as a whole."""
    return module(
        name,
        '@figure\ndef curve(x: float) -> Figure:\n    """A parabola."""\n',
        f'▸@figure\ndef curve(x: float) -> Figure:\n    """A parabola."""\n    {does}\n',
        id_,
        says,
    )


def _raising(name: str, does: str, says: str) -> Fault:
    """Make the figure's function fail in a line of its own."""
    return module(name, ENDS, f"    ▸{does}\n", "python-error", says)


MODULE_FAULTS = (
    Fault(
        "a missing module",
        (Edit(MODULE, None, None), Edit(PROBLEM, "- table: both", "- ▸table: both")),
        ExitCode.BAD_INPUT,
        "missing-module",
        MODULE,
    ),
    module("a syntax error", "import math\n", "import math▸)\n", "python-syntax"),
    module("a module not in UTF-8", "Newton's", "N▹\udcffwton's", "python-syntax"),
    module("a null byte", "Newton's", "N▹\x00wton's", "python-syntax"),
    module("an unknown import", "import math", "▸import maths\nimport math", "python-error"),
    module("an exit", "import math\n", "import math\n▸raise SystemExit(0)\n", "python-error"),
    module(
        "a value computed twice",
        ROOT,
        f"▸{SQUARE}def square(x: float) -> float:\n    return x\n\n\n{ROOT}",
        "declared-twice",
        "first on line 26",
    ),
    module(
        "a value that is given",
        ROOT,
        f"▸@value(route=root_by_newton)\ndef x() -> float:\n    return 1.5\n\n\n{ROOT}",
        "declared-twice",
        "given in the YAML",
    ),
    module("values that need each other", ROOT, CIRCLE + ROOT, "circular-values", "here → there"),
    module(
        "an unknown parameter",
        "@figure\ndef curve(x: float)",
        "▸@figure\ndef curve(sqare: float)",
        "unknown-parameter",
        "did you mean `square`?",
    ),
    Fault(
        "a text for a number",
        (Edit(MODULE, ROOT, f"▸{ROOT}"), Edit(MODULE, "return math.sqrt(2)", 'return "1.414"')),
        ExitCode.BAD_INPUT,
        "wrong-return",
        "returned str",
    ),
    Fault(
        "a route that shares code",
        (
            Edit(MODULE, "    steps = 1000\n", "    steps = 1000\n    return square(x)\n"),
            Edit(MODULE, SQUARE, f"▸{SQUARE}"),
        ),
        ExitCode.BAD_INPUT,
        "route-shares-code",
        "`square`",
    ),
    Fault(
        "a ragged table",
        (
            Edit(MODULE, "@table\n", "▸@table\n"),
            Edit(MODULE, r'["square", r"\val{square}"]', '["square"]'),
        ),
        ExitCode.BAD_INPUT,
        "ragged-table",
        "1 cells for 2 columns",
    ),
    module(
        "a figure that calls itself",
        '"""A parabola."""\n',
        '"""A parabola."""\n    return ▸curve(x)\n',
        "python-error",
        "RecursionError",
    ),
    _raising("a figure that raises", 'raise ValueError("no curve")', "ValueError: no curve"),
    _raising("a figure that exits", "raise SystemExit(3)", "SystemExit"),
    _raising("a figure that is interrupted", "raise KeyboardInterrupt", "KeyboardInterrupt"),
    _raising(
        "a figure whose error cannot be shown",
        'raise type("Mute", (Exception,), {"__str__": None})',
        "Mute",
    ),
    _drawing("a figure of text", 'return "curve"', "wrong-return", "returned str"),
    _drawing("a figure too wide", "return Figure(figsize=(9, 2))", "figure-too-large"),
    _drawing("a figure that leaves", "import os; os._exit(3)", "worker-died", "status 3"),
    _drawing(
        "a figure that kills itself", "import os; os.kill(os.getpid(), 9)", "worker-died", "SIGKILL"
    ),
    _drawing(
        "a figure that shows a traceback of its own and leaves",
        'import os; os.write(2, b"Trace" b"back (most recent call last)\\n"); os._exit(3)',
        "worker-died",
        "status 3",
    ),
    Fault(
        "a figure that never ends",
        (
            Edit(PROBLEM, "problem: 1\n", "problem: 1\ntime_limit: 4\n"),
            Edit(MODULE, "@figure\n", "▸@figure\n"),
            Edit(MODULE, ENDS, "    import time\n    while True:\n        time.sleep(1)\n"),
        ),
        ExitCode.BAD_INPUT,
        "time-limit",
        "`curve` did not end",
    ),
)
