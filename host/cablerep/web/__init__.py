"""The page at the machine: what the terminal screen shows, in a browser, for whoever was let in."""
