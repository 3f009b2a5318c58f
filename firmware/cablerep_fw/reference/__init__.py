"""Tables for documents and tools. Never copied to a board."""
