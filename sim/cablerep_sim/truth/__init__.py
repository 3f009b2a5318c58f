"""What a simulation knows to be true, and scores against it."""
