"""A `Solution` to a `Checked`: a verdict for every claim, none of them an author's."""
