"""The wire: messages, frames, journal, outbox."""
