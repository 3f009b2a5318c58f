"""Tools for engineers: replay recordings, score the detector, run the firmware on an emulated chip."""
