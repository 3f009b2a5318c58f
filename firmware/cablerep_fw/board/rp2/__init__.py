"""What only an RP2040 or RP2350 has: PIO programs, registers, the Board itself. Here: the default wiring."""

# Of a Raspberry Pi Pico, Pico W, Pico 2 and Pico 2 W, which share one pinout. Each part has neighbouring
# pins on one edge of the board.
PIN_ENCODER = 2  # GP2 channel A, GP3 channel B: physical pins 4 and 5
CELL = 1  # an HX711
PIN_HX711_DATA = 6  # GP6 and GP7: physical pins 9 and 10
PIN_HX711_CLOCK = 7
PIN_NAU7802_SDA = 4  # GP4 and GP5: physical pins 6 and 7, the SDA and SCL of I2C 0
PIN_NAU7802_SCL = 5
PIN_MT6701_DO = 16  # GP16, GP17 and GP18: physical pins 21, 22 and 24, the RX, CSn and SCK of SPI 0
PIN_MT6701_CSN = 17
PIN_MT6701_CLK = 18
PIN_AS5600_SDA = 4  # the bus of a NAU7802, which has another address
PIN_AS5600_SCL = 5
PIN_LED = "LED"  # on the board; on a Pico W it is connected to the radio chip and has only this name
PIN_BUZZER = 15  # physical pin 20
PIN_BUTTON = 14  # physical pin 19, beside a ground pin at 18
