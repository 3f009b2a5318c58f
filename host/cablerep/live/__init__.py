"""The live screen in Textual: `app.py` lays it out, a module for each part of it, `feed.py` the loop behind it.

What it shows is decided in `live_model.py`, which knows nothing of terminals; nothing here is imported before it runs.
"""
