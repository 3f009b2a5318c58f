"""The one-page report of a session."""
