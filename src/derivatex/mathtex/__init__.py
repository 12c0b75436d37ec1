"""LaTeX mathematics, read by declared symbols and evaluated: knows nothing of YAML or TeX runs."""
