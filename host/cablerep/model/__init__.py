"""The state of one board as every screen shows it, terminal and page alike: events in, data out."""
