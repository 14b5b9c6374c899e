"""Draws what was measured as SVG: bars for the three approaches, and a line for the run in which memcached is killed."""

COLOURS = {"all in the cache": "#4c78a8", "one in five not in the cache": "#f58518"}
STYLE = "text{font:12px system-ui,sans-serif;fill:#333}.big{font-size:14px;font-weight:600}.small{font-size:11px;fill:#666}"


def draw(bars, line, events, seconds):
    """Returns the picture. A bar is (approach, workload, thumbs a second, p99); the line is of (second, thumbs)."""
    parts = [rectangle(0, 0, 860, 330, "#fff"), *drawn_bars(bars), *drawn_line(line, events, seconds)]
    return f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 860 330" width="860" height="330"><style>{STYLE}</style>\n' + "\n".join(parts) + "\n</svg>\n"


def drawn_bars(bars):
    parts = [text(20, 28, "Thumbs a second", "big")]
    for index, (workload, colour) in enumerate(COLOURS.items()):
        parts += [rectangle(20, 40 + index * 18, 10, 10, colour), text(36, 50 + index * 18, workload, "small")]
    most = max(rate for _, _, rate, _ in bars)
    for index, (approach, workload, rate, p99) in enumerate(bars):
        left = 20 + index // 2 * 135 + index % 2 * 58
        height = rate / most * 160
        parts += [rectangle(left, 280 - height, 52, height, COLOURS[workload]), text(left + 26, 274 - height, f"{rate:.0f}", "", "middle")]
        parts.append(text(left + 26, 296, f"{p99:.0f} ms", "small", "middle"))
        if index % 2 == 0:
            parts.append(text(left + 55, 316, approach, "", "middle"))
    return parts + [text(420, 296, "p99", "small")]


def drawn_line(line, events, seconds):
    left, right, bottom, height = 490, 840, 280, 190
    most = max(count for _, count in line)
    across = lambda second: left + second / seconds * (right - left)
    points = " ".join(f"{across(second):.1f},{bottom - count / most * height:.1f}" for second, count in line)
    parts = [text(left, 28, "Pools for all: thumbs in each second", "big")]
    for share in (0, 0.5, 1):
        at = bottom - share * height
        parts += [f'<line x1="{left}" x2="{right}" y1="{at}" y2="{at}" stroke="#ddd"/>', text(left - 6, at + 4, f"{share * most:.0f}", "small", "end")]
    for second, what in events:
        parts += [f'<line x1="{across(second):.1f}" x2="{across(second):.1f}" y1="70" y2="{bottom}" stroke="#c33" stroke-dasharray="3 3"/>']
        parts.append(text(across(second) + 4, 66, what, "small", "start"))
    parts.append(f'<polyline points="{points}" fill="none" stroke="#4c78a8" stroke-width="2"/>')
    return parts + [text(left, 298, "0 s", "small"), text(right, 298, f"{seconds} s", "small", "end")]


def rectangle(x, y, width, height, colour):
    return f'<rect x="{x}" y="{y:.1f}" width="{width}" height="{height:.1f}" fill="{colour}"/>'


def text(x, y, words, style="", anchor="start"):
    return f'<text x="{x:.1f}" y="{y:.1f}" class="{style}" text-anchor="{anchor}">{words}</text>'
