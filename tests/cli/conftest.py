"""The built project of the fault tests."""

from __future__ import annotations

from tests.faults.conftest import built, built_demo

__all__ = ["built", "built_demo"]
