from __future__ import annotations

from pathlib import Path

import pytest

from tests.imports import Import, imports, modules, part_of, upward

SOURCE = Path(__file__).parents[1] / "src" / "derivatex"
FACADE = ""  # the package itself: what authors import, and its version
LAYERS = tuple(
    frozenset(parts)
    for parts in (
        {"__main__"},
        {"cli"},
        {"builds", "bundle", "watching"},
        {"pipeline"},
        {"read", "compute", "check", "render", "typeset"},
        {"certificate"},
        {"store"},
        {"mathtex"},
        {"solution", "document"},
        {"model"},
        {"files", "processes"},
        {"tex"},
        {"diagnostics"},
    )
)
STAGES = LAYERS[4]
MODULES = modules(SOURCE)


def of(name: str, text: str) -> list[Import]:
    """The imports of a module that might stand in the package."""
    return list(imports(name, text, MODULES))


def wrong(name: str, text: str) -> list[str]:
    """The imports of a module that go up, or sideways."""
    found = [it for it in of(name, text) if part_of(it.imported) != FACADE]
    return [str(it) for it in found if upward(it, LAYERS)]


def test_every_part_has_its_layer() -> None:
    """Every module and sub-package stands in exactly one layer, and no layer names another."""
    named = [part for parts in LAYERS for part in parts]
    assert sorted(named) == sorted({part_of(name) for name in MODULES} - {FACADE})


@pytest.mark.parametrize("name", sorted(set(MODULES) - {"derivatex"}))
def test_imports_go_down(name: str) -> None:
    """A module imports only from its own part and from layers below; stages never each other."""
    assert wrong(name, MODULES[name]) == []


def test_the_package_itself_offers_what_authors_need() -> None:
    """The package itself imports from `compute` alone, and only for its version is it imported."""
    found = of("derivatex", MODULES["derivatex"])
    assert {part_of(it.imported) for it in found} == {"compute"}
    users = {
        name: text
        for name, text in MODULES.items()
        if any(it.imported == "derivatex" for it in of(name, text))
    }
    for name, text in users.items():
        assert text.count("derivatex.__version__") == text.count("import derivatex\n") == 1, name


@pytest.mark.parametrize(
    ("name", "text", "imported"),
    [
        ("derivatex.tex.scan", "from derivatex.model import Math", "derivatex.model"),
        ("derivatex.model", "import derivatex.solution", "derivatex.solution"),
        ("derivatex.diagnostics", "from derivatex import tex", "derivatex.tex"),
        ("derivatex.check.examine", "from derivatex.compute.run import a", "derivatex.compute.run"),
        ("derivatex.read.assignment", "from derivatex import render", "derivatex.render"),
        (
            "derivatex.store.cache",
            "def f():\n    from derivatex import pipeline",
            "derivatex.pipeline",
        ),
        ("derivatex.store.cache", "if TYPE_CHECKING:\n    import derivatex.cli", "derivatex.cli"),
        ("derivatex.tex.scan", "from ..model import Math", "derivatex.model"),
        ("derivatex.tex.scan", "from .. import model", "derivatex.model"),
        ("derivatex.tex", "from ..model import Math", "derivatex.model"),
        ("derivatex.document", "from derivatex.solution import find", "derivatex.solution"),
    ],
)
def test_an_import_that_goes_up_is_found(name: str, text: str, imported: str) -> None:
    """The twin: an import that goes up or sideways is found in each of its forms."""
    line = text.count("\n") + 1
    assert wrong(name, text) == [f"line {line} of {name} imports {imported}"]


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("derivatex.tex.scan", "from derivatex.tex import commands"),
        ("derivatex.tex.scan", "from . import commands\nfrom .commands import LINKS"),
        ("derivatex.check.examine", "import numpy, derivatex.model"),
        ("derivatex.cli.commands", "from derivatex import pipeline"),
    ],
)
def test_an_import_that_goes_down_is_not_found(name: str, text: str) -> None:
    """An import from the same part, from below or from elsewhere is right."""
    assert wrong(name, text) == []


def test_the_stages_are_those_of_the_pipeline() -> None:
    """Only the pipeline sees all stages: it imports every one of them."""
    found = of("derivatex.pipeline", MODULES["derivatex.pipeline"])
    assert {part_of(it.imported) for it in found} >= STAGES
