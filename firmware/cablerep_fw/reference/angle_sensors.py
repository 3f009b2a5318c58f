"""The angle sensors that a board can have: name, its value of the setting `angle_sensor`, and counts a turn."""

ANGLE_SENSORS = {"mt6701": (1, 1 << 14), "as5600": (2, 1 << 12)}
