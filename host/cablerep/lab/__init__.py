"""For engineers: replaying recordings and scoring the detector."""
