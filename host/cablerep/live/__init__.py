"""The live screen in Textual: `app.py` lays out the panels, one module each; `feed.py` runs the loop behind it.

`model.py` decides what is shown and knows nothing of terminals. Nothing here is imported before a screen is shown.
"""
