"""What the tap emits."""
