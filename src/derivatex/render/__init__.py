"""A `Checked` to a LaTeX document: Jinja for the text, PyLaTeX for tables and matrices."""
