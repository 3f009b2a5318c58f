"""From ring samples to reps and sets."""
