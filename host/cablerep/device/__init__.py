"""The board as the host sees it: port, link, session, events."""
