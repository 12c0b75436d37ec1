"""What a build depends on, what it left behind, and who may write there."""
