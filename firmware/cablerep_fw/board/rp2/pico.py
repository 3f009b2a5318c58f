"""What is wired where on a Raspberry Pi Pico, Pico W, Pico 2 or Pico 2 W, unless the settings say otherwise.

The four share one pinout. The pins lie so that each part takes neighbours on one edge of the board.
"""

PIN_ENCODER = 2  # GP2 channel A, GP3 channel B: physical pins 4 and 5
CELL = 1  # an HX711
PIN_HX711_DATA = 6  # GP6 and GP7: physical pins 9 and 10
PIN_HX711_CLOCK = 7
PIN_NAU7802_SDA = 4  # GP4 and GP5: physical pins 6 and 7, the SDA and SCL of I2C 0
PIN_NAU7802_SCL = 5
PIN_LED = "LED"  # on the board; on a Pico W it hangs on the radio chip and has this name only
PIN_BUZZER = 15  # physical pin 20
PIN_BUTTON = 14  # physical pin 19, beside a ground pin at 18
