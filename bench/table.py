"""The results of whole_path.py as rows of a Markdown table, and as lines below it."""

COLUMNS = ("scenario", "program", "requests/s", "p50 µs", "p99 µs", "p99.9 µs", "CPU µs", "user + system", "× floor",
           "busy", "MiB", "calls")
WIDTHS = (13, 16, 10, 7, 7, 8, 7, 13, 7, 5, 5, 5)


def row(cells):
    laid = [str(cell).ljust(width) if place < 2 else str(cell).rjust(width)
            for place, (cell, width) in enumerate(zip(cells, WIDTHS))]
    return "| " + " | ".join(laid) + " |"


def head():
    rules = ["-" * width if place < 2 else "-" * (width - 1) + ":" for place, width in enumerate(WIDTHS)]
    return row(COLUMNS) + "\n" + row(rules)


def rows(name, scenario):
    contenders = scenario["contenders"]
    floor = contenders.get("floor")
    lines = []
    for program, result in contenders.items():
        lines.append(row((
            name, program, "%.0f" % result["requests_per_s"], "%.0f" % result["p50_us"], "%.0f" % result["p99_us"],
            "%.0f" % result["p999_us"], "%.1f" % result["cpu_us"],
            "%.1f + %.1f" % (result["user_us"], result["system_us"]),
            "%.2f" % (result["cpu_us"] / floor["cpu_us"]) if floor else "",
            "%.0f %%" % result["busy_percent"], "%.1f" % (result["resident_kib"] / 1024),
            "%.2f" % result["upstream_calls"],
        )))
    return "\n".join(lines)


def lines(name, scenario):
    """Of a scenario that is not measured with requests."""
    told = []
    for program, figures in scenario["figures"].items():
        values = ("%s %s" % ("%.0f" % value if value >= 100 or value == int(value) else "%.1f" % value, what)
                  for what, value in figures.items())
        told.append("%s, %s: %s" % (name, program, ", ".join(values)))
    return "\n".join(told)
