"""Draw the wiring diagrams of docs/hardware.md: python docs/diagrams.py [FOLDER], by default docs/wiring.

The pins come from the firmware's own table, so the pictures always match the firmware. Needs schemdraw.
"""

import re
import sys
from math import cos, radians, sin
from pathlib import Path

import schemdraw
from schemdraw import elements as elm
from schemdraw.segments import SegmentCircle

from cablerep_fw.board import rp2

# Physical pin of each GPIO of a Raspberry Pi Pico, from its datasheet; the Pico 2 has the same.
PICO_PINS = {
    **dict(zip(range(16), (1, 2, 4, 5, 6, 7, 9, 10, 11, 12, 14, 15, 16, 17, 19, 20), strict=True)),
    **dict(zip((16, 17, 18, 19, 20, 21, 22, 26, 27, 28), (21, 22, 24, 25, 26, 27, 29, 31, 32, 34), strict=True)),
}
RED, BLACK, GREEN, BLUE = "#b02a2a", "#222222", "#2a7a3a", "#2a4ab0"


def gpio(number: int) -> str:
    """Return a GPIO's name with its physical pin."""
    return f"GP{number} ({PICO_PINS[number]})"


def board(left: list[tuple[str, str]], right: list[tuple[str, str]]) -> elm.Ic:
    """Return the Pico with pins on its two sides, from the top: (label, anchor)."""
    pins = [
        elm.IcPin(name=name, side=side, slot=f"{len(column) - index}/{len(column)}", anchorname=anchor)
        for side, column in (("left", left), ("right", right))
        for index, (name, anchor) in enumerate(column)
    ]
    return elm.Ic(pins=pins, size=(5, 1.1 * max(len(left), len(right)) + 0.6), lofst=0.2, edgepadW=0.6).label(
        "Raspberry Pi Pico or Pico 2", loc="top", fontsize=13
    )


def component(name: str, pins: list[tuple[str, str]], side: str) -> elm.Ic:
    """Return a box with terminals on one side, from the top: (label, anchor)."""
    return elm.Ic(
        pins=[
            elm.IcPin(name=text, side=side, slot=f"{len(pins) - index}/{len(pins)}", anchorname=anchor)
            for index, (text, anchor) in enumerate(pins)
        ],
        size=(4.4, 1.1 * len(pins) + 0.6),
        lofst=0.2,
    ).label(name, loc="top", fontsize=12)


def encoder(drawing: schemdraw.Drawing, pico_ic: elm.Ic) -> None:
    """Draw the encoder on the left of the board."""
    pins = [("5 V, red", "vcc"), ("A, white", "a"), ("B, green", "b"), ("0 V, black", "gnd")]
    box = drawing.add(
        component("encoder, 600 pulses, NPN", pins, "right").theta(0).anchor("vcc").at(_beside(pico_ic.enc_v, -4))
    )
    for terminal, target, colour in (
        ("vcc", "enc_v", RED),
        ("a", "enc_a", GREEN),
        ("b", "enc_b", BLUE),
        ("gnd", "enc_g", BLACK),
    ):
        drawing.add(elm.Line().at(getattr(box, terminal)).to(getattr(pico_ic, target)).color(colour))
    for channel, at in (("enc_a", 1.2), ("enc_b", 2.0)):
        joint = drawing.add(elm.Dot().theta(0).at(_beside(getattr(pico_ic, channel), -at)))
        drawing.add(
            elm.Label().theta(0).at((joint.center[0], joint.center[1] + 0.28)).label("2.2 kΩ to 3V3", fontsize=8)
        )


def cell(drawing: schemdraw.Drawing, pico_ic: elm.Ic, name: str, clock: str, data: str) -> None:
    """Draw a load cell amplifier and the cell on the right of the board."""
    pins = [("VCC 3.3 V", "vcc"), (data, "data"), (clock, "clock"), ("GND", "gnd")]
    box = drawing.add(component(name, pins, "left").theta(0).anchor("vcc").at(_beside(pico_ic.cell_v, 2.5)))
    for terminal, target, colour in (
        ("vcc", "cell_v", RED),
        ("data", "cell_d", GREEN),
        ("clock", "cell_c", BLUE),
        ("gnd", "cell_g", BLACK),
    ):
        drawing.add(elm.Line().at(getattr(pico_ic, target)).to(getattr(box, terminal)).color(colour))
    x, y = box.vcc[0] + 7.8, (box.vcc[1] + box.gnd[1]) / 2
    corners = [(x - 1.6, y), (x, y + 1.6), (x + 1.6, y), (x, y - 1.6)]
    for start, end in zip(corners, corners[1:] + corners[:1], strict=True):
        drawing.add(elm.Resistor().at(start).to(end))
    drawing.add(elm.Line().at((box.vcc[0] + 4.9, y)).to(corners[0]).linewidth(4))
    drawing.add(
        elm.Label().theta(0).at((x, y - 2.6)).label("load cell\nE+ red, E− black\nA+ green, A− white", fontsize=10)
    )


def controls(drawing: schemdraw.Drawing, pico_ic: elm.Ic) -> None:
    """Draw button and buzzer on the left below the encoder."""
    for anchor, element, name in (
        (pico_ic.button, elm.Button(), "button"),
        (pico_ic.buzzer, elm.RBox(), "passive buzzer"),
    ):
        drawing.add(elm.Line().at(anchor).left().length(1))
        drawing.add(element.left())
        drawing.add(elm.Line().left().length(0.4))
        drawing.add(elm.Ground().theta(0))
        drawing.add(elm.Label().theta(0).at((anchor[0] - 6.2, anchor[1])).label(name, fontsize=11))


def _beside(point: tuple[float, float], distance: float) -> tuple[float, float]:
    return (point[0] + distance, point[1])


def wiring(path: Path, name: str, data: int, clock: int, data_name: str, clock_name: str) -> None:
    """Write a picture of the board with one type of load cell amplifier to `path`."""
    left = [
        ("VBUS (40)", "enc_v"),
        (gpio(rp2.PIN_ENCODER), "enc_a"),
        (gpio(rp2.PIN_ENCODER + 1), "enc_b"),
        ("GND (3)", "enc_g"),
        (gpio(rp2.PIN_BUTTON), "button"),
        (gpio(rp2.PIN_BUZZER), "buzzer"),
    ]
    right = [("3V3 (36)", "cell_v"), (gpio(data), "cell_d"), (gpio(clock), "cell_c"), ("GND (8)", "cell_g")]
    with schemdraw.Drawing(show=False, fontsize=11) as drawing:
        pico_ic = drawing.add(board(left, right).theta(0))
        encoder(drawing, pico_ic)
        controls(drawing, pico_ic)
        cell(drawing, pico_ic, name, clock_name, data_name)
    save(drawing, path)


def pull_up(path: Path) -> None:
    """Write a picture of the circuit between one channel of an open-collector encoder and the board to `path`."""
    with schemdraw.Drawing(show=False, fontsize=11) as drawing:
        transistor = drawing.add(elm.BjtNpn(circle=True).label("encoder", loc="left", ofst=0.2))
        drawing.add(elm.Ground().at(transistor.emitter))
        drawing.add(elm.Line().at(transistor.collector).up().length(0.6))
        node = drawing.add(elm.Dot())
        drawing.add(elm.Line().at(node.center).right().length(3).label("cable", loc="top"))
        joint = drawing.add(elm.Dot())
        drawing.add(elm.Resistor().at(joint.center).up().label("2.2 kΩ", loc="bottom"))
        drawing.add(elm.Vdd().label("3V3 (36)"))
        drawing.add(elm.Line().at(joint.center).right().length(1.5))
        end = drawing.add(elm.Dot(open=True))
        pins = f"{gpio(rp2.PIN_ENCODER)},\n{gpio(rp2.PIN_ENCODER + 1)}"
        drawing.add(elm.Label().theta(0).at((end.center[0] + 1, end.center[1] - 0.1)).label(pins))
    save(drawing, path)


class Pulley(elm.Element):
    """A wheel centred at `at`."""

    def __init__(self, radius: float, fill: str) -> None:
        super().__init__(theta=0)
        self.segments.append(SegmentCircle((0, 0), radius, fill=fill, lw=2))
        self.segments.append(SegmentCircle((0, 0), 0.08, fill="black"))


def machine(path: Path) -> None:
    """Write a picture of where encoder and load cell go on a weight stack to `path`."""
    cable = {"linewidth": 3}
    with schemdraw.Drawing(show=False, fontsize=11) as drawing:
        for level in range(4):
            drawing.add(_box(0, 0.8 * level, 1.6, 0.8, "#dddddd"))
        drawing.add(elm.Label().theta(0).at((0.8, -0.5)).label("stack"))
        drawing.add(elm.Line(**cable).at((0.8, 3.2)).to((0.8, 6.5)))
        drawing.add(Pulley(0.8, "#f4f4f4").at((1.6, 6.5)))
        drawing.add(elm.Line(**cable).at((2.4, 6.5)).to((2.4, 1.8)))
        drawing.add(Pulley(0.8, "#cfe0f8").at((3.2, 1.8)))
        drawing.add(elm.Label().theta(0).at((4.3, -0.3)).label("last pulley before the hand:\nencoder on its axle"))
        drawing.add(elm.Line(**cable).at((3.2, 1)).to((6.4, 1)))
        drawing.add(_box(6.4, 0.6, 1.2, 0.8, "#f8e0c0"))
        drawing.add(elm.Label().theta(0).at((7, 1.9)).label("load cell in the line of pull"))
        drawing.add(elm.Line(**cable).at((7.6, 1)).to((9.4, 1)))
        drawing.add(elm.Dot().theta(0).at((9.4, 1)))
        drawing.add(elm.Label().theta(0).at((10.2, 1.3)).label("strap or handle"))
        drawing.add(elm.Arrow().at((8.2, 0.1)).to((10, 0.1)))
        drawing.add(elm.Label().theta(0).at((9.2, -0.5)).label("outwards: travel grows"))
    save(drawing, path)


def follower_arm(path: Path) -> None:
    """Write a picture, seen from above, of the arm that follows the cable out of the low pulley to `path`."""
    bearing = radians(35)
    strap = (11 * cos(bearing), 11 * sin(bearing))
    fork = (3.2 * cos(bearing), 3.2 * sin(bearing))
    with schemdraw.Drawing(show=False, fontsize=11) as drawing:
        drawing.add(_box(-3, -2.2, 2.4, 4.4, "#dddddd"))
        drawing.add(elm.Label().theta(0).at((-1.8, -3)).label("machine"))
        drawing.add(elm.Line(linewidth=1, ls="--").at((0, 0)).to((11, 0)))
        drawing.add(elm.Label().theta(0).at((9.2, -0.6)).label("straight back: 0°"))
        drawing.add(elm.Line(linewidth=2).at((0, 0)).to(strap).color(BLUE))
        drawing.add(elm.Line(linewidth=6).at((0, 0)).to(fork).color("#c08040"))
        for side in (0.28, -0.28):
            prong = (fork[0] - side * sin(bearing), fork[1] + side * cos(bearing))
            drawing.add(elm.Line(linewidth=4).at(fork).to(prong).color("#c08040"))
        drawing.add(Pulley(0.45, "#cfe0f8").at((0, 0)))
        drawing.add(elm.Label().theta(0).at((1.6, -1.5)).label("axis: ball bearing,\nmagnet, sensor below"))
        drawing.add(elm.Label().theta(0).at((1.4, 3.1)).label("light arm, fork around the cable"))
        drawing.add(elm.Dot(radius=0.2).theta(0).at(strap))
        drawing.add(elm.Label().theta(0).at((strap[0] + 1.1, strap[1] + 0.4)).label("strap"))
        drawing.add(
            elm.Label().theta(0).at((5, 1.1)).label("bearing: positive to the right\nof a lifter who faces the machine")
        )
    save(drawing, path)


def _box(x: float, y: float, width: float, height: float, fill: str) -> elm.Element:
    return elm.Rect(corner1=(0, 0), corner2=(width, height), fill=fill).theta(0).at((x, y))


def save(drawing: schemdraw.Drawing, path: Path) -> None:
    """Write the picture with its numbers rounded to hundredths: invisible, and it keeps diffs small."""
    text = drawing.get_imagedata("svg").decode()
    text = re.sub(r"-?\d+\.\d{3,}", lambda number: f"{float(number[0]):.2f}", text)
    path.write_text(text.rstrip() + "\n", encoding="utf-8")


def draw_all(folder: Path) -> list[Path]:
    """Draw every picture into `folder` and return their paths."""
    schemdraw.use("svg")
    folder.mkdir(parents=True, exist_ok=True)
    hx711, nau7802 = folder / "pico-hx711.svg", folder / "pico-nau7802.svg"
    wiring(hx711, "HX711 or HX717", rp2.PIN_HX711_DATA, rp2.PIN_HX711_CLOCK, "DT, DOUT", "SCK")
    wiring(nau7802, "NAU7802", rp2.PIN_NAU7802_SDA, rp2.PIN_NAU7802_SCL, "SDA", "SCL")
    pull_up(folder / "encoder-pull-up.svg")
    machine(folder / "machine.svg")
    follower_arm(folder / "follower-arm.svg")
    names = ("encoder-pull-up.svg", "machine.svg", "follower-arm.svg")
    return [hx711, nau7802, *(folder / name for name in names)]


if __name__ == "__main__":
    for drawn in draw_all(Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).parent / "wiring"):
        print(drawn)
