"""A problem's Python module to its `Solution`, in a process of its own."""
