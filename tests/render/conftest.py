"""The author whose small assignments these tests examine."""

from tests.authoring import author

__all__ = ["author"]
