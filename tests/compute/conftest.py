"""The author whose small modules these tests compute."""

from tests.authoring import author

__all__ = ["author"]
