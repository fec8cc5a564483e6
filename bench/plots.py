"""The results of whole_path.py as plots of the documentation: SVG written by hand, readable on light and dark pages."""

import os
from xml.sax.saxutils import escape

WIDTH, LEFT, RIGHT = 720, 150, 120
BAR, GAP, TITLE = 22, 8, 58
USER, SYSTEM, FLOOR = "#2f6f8f", "#8fb8c9", "#b0643c"
LINES_HEIGHT, BOTTOM, TOP = 320, 46, 50
STYLE = "font-family: sans-serif; font-size: 13px; fill: #222"
BARS = {
    "cold": "Processor time of a page from four providers, each asked",
    "cached": "Processor time of a page of 50 from the cache",
}
FAN_OUT = "fan-out-"


def text(x, y, content, anchor="start", more=""):
    return '<text x="%.1f" y="%.1f" text-anchor="%s" %s>%s</text>' % (x, y, anchor, more, escape(content))


def box(x, y, width, height, colour):
    return '<rect x="%.1f" y="%.1f" width="%.1f" height="%.1f" fill="%s"/>' % (x, y, width, height, colour)


def drawing(height, parts):
    head = '<svg xmlns="http://www.w3.org/2000/svg" width="%d" height="%d" style="%s">' % (WIDTH, height, STYLE)
    return "\n".join([head, box(0, 0, WIDTH, height, "#ffffff"), *parts, "</svg>"]) + "\n"


def bars(title, contenders):
    """µs of each program, split into its own and the kernel's."""
    order = sorted(contenders.items(), key=lambda item: item[1]["cpu_us"])
    scale = (WIDTH - LEFT - RIGHT) / order[-1][1]["cpu_us"]
    parts = [text(12, 22, title + ", µs a request", more='font-weight="bold"')]
    for place, (colour, name) in enumerate(((USER, "in the program"), (SYSTEM, "in the kernel"))):
        parts += [box(LEFT + 130 * place, 34, 12, 12, colour), text(LEFT + 130 * place + 18, 45, name)]
    for place, (name, result) in enumerate(order):
        y = TITLE + place * (BAR + GAP)
        user, system = result["user_us"] * scale, result["system_us"] * scale
        parts += [text(LEFT - 8, y + 16, name, "end"), box(LEFT, y, user, BAR, USER),
                  box(LEFT + user, y, system, BAR, SYSTEM),
                  text(LEFT + user + system + 6, y + 16, "%.0f" % result["cpu_us"])]
    return drawing(TITLE + len(order) * (BAR + GAP) + 8, parts)


def fan_out(scenarios):
    """µs of a request over the number of providers, for Rollcall and the floor."""
    found = sorted((int(name[len(FAN_OUT):]), scenario["contenders"]) for name, scenario in scenarios.items()
                   if name.startswith(FAN_OUT))
    most_x, most_y = found[-1][0], max(result["cpu_us"] for _, contenders in found for result in contenders.values())
    height = TOP + LINES_HEIGHT + BOTTOM

    def at(number, value):
        return 70 + (WIDTH - 180) * number / most_x, TOP + LINES_HEIGHT * (1 - value / most_y)

    parts = [text(12, 22, "Processor time by the number of providers asked, µs a request", more='font-weight="bold"')]
    for share in (0, 0.25, 0.5, 0.75, 1):
        (left, y), (right, _) = at(0, most_y * share), at(most_x, 0)
        parts += ['<line x1="%.1f" y1="%.1f" x2="%.1f" y2="%.1f" stroke="#ddd"/>' % (left, y, right, y),
                  text(left - 8, y + 4, "%.0f" % (most_y * share), "end")]
    parts += [text(at(number, 0)[0], height - 24, str(number), "middle") for number, _ in found]
    parts.append(text(at(most_x / 2, 0)[0], height - 6, "providers", "middle"))
    for program, colour in (("Rollcall", USER), ("floor", FLOOR)):
        points = [at(number, contenders[program]["cpu_us"]) for number, contenders in found]
        parts.append('<polyline points="%s" fill="none" stroke="%s" stroke-width="2"/>' % (
            " ".join("%.1f,%.1f" % point for point in points), colour))
        parts += ['<circle cx="%.1f" cy="%.1f" r="3.5" fill="%s"/>' % (*point, colour) for point in points]
        parts.append(text(points[-1][0] + 10, points[-1][1] + 4, program))
    return drawing(height, parts)


def write(whole, folder):
    """Those whose scenarios were measured."""
    scenarios = whole["scenarios"]
    drawn = {name: bars(title, scenarios[name]["contenders"]) for name, title in BARS.items() if name in scenarios}
    if any(name.startswith(FAN_OUT) for name in scenarios):
        drawn["fan-out"] = fan_out(scenarios)
    os.makedirs(folder, exist_ok=True)
    for name, svg in drawn.items():
        with open(os.path.join(folder, name + ".svg"), "w") as file:
            file.write(svg)
