"""The JSON Schema of `cablerep replay --json`, as it ships."""

import json
from importlib import resources

SCHEMA = json.loads(resources.files("cablerep.text").joinpath("replay.schema.json").read_text())
