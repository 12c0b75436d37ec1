"""What a module writes while it runs."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.conftest import Project

PRINTED = "from here [bold] to there"


@pytest.fixture
def talking(project: Project) -> Project:
    """The small project with a module that prints."""
    project.replace(project.module, "import math\n", f'import math\n\nprint("{PRINTED}")\n')
    return project


def test_what_a_module_prints_is_shown_on_request(
    talking: Project, capfd: pytest.CaptureFixture[str]
) -> None:
    """With `-v` an author sees what his module wrote, letter by letter."""
    assert PRINTED in talking.run(capfd, "check", "demo", "-v").out


def test_what_a_module_prints_does_not_disturb(
    talking: Project, capfd: pytest.CaptureFixture[str]
) -> None:
    """Without `-v` it is not shown, and JSON stays JSON."""
    assert PRINTED not in talking.run(capfd, "check", "demo").out
    assert talking.run(capfd, "check", "demo", "--json").out.startswith("[")
