"""YAML to an `Assignment`: every error with its place, all of them at once."""
