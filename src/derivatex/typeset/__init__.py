"""A `Document` to a PDF that was read back."""
