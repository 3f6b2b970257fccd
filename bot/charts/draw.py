"""Draws one chart from JSON on stdin as PNG to stdout.

Telegram shows a picture about 300 points wide on a phone: 800 pixels with letters of 34 are read
there like a message. Dark on a light paper of its own, it stands in light and dark chats alike.
"""

import json
import sys
from io import BytesIO
from typing import Any

import matplotlib as mpl
from matplotlib.font_manager import FontProperties, findfont, get_font

INK, FAINT, GOLD, BAR, PAPER = "#1d1b18", "#6a645a", "#9a6f00", "#8c2f1b", "#fbf9f4"
WIDTH, MARGIN, TOP, ROW, TALL = 800, 36, 100, 108, 46
"""Pixels: of the picture, around it, of its title, of a row, and of the highest bar."""

INDENT = 66
SHAPED = 0x1E00
"""From Hebrew (U+0590) to here scripts are shaped; then Latin and Greek go on, and punctuation."""

_DPI = 100
_LETTERS, _TITLE = 34, 32


def main() -> None:
    """Read, draw, write."""
    job = json.load(sys.stdin)
    sys.stdout.buffer.write(picture(job["title"], job["lines"]))


def picture(title: str, lines: list[tuple[str, list[int]]]) -> bytes:
    """A row a line: its number, its name, how many, and under them its counts as bars."""
    if not lines:
        raise ValueError("there is nothing to draw")
    mpl.use("Agg")
    from matplotlib.figure import Figure  # noqa: PLC0415 - after the backend is chosen

    height = TOP + ROW * len(lines) + MARGIN // 2
    figure = Figure(figsize=(WIDTH / _DPI, height / _DPI), dpi=_DPI, facecolor=PAPER)
    axes = figure.add_axes((0, 0, 1, 1), xlim=(0, WIDTH), ylim=(height, 0))
    axes.set_axis_off()
    _write(axes, MARGIN, 62, title, INK, size=_TITLE, weight="bold")
    for number, (label, counts) in enumerate(lines, start=1):
        _row(axes, TOP + ROW * (number - 1), number, label, counts)
    target = BytesIO()
    figure.savefig(target, format="png", facecolor=PAPER)
    return target.getvalue()


def _row(axes: Any, top: float, number: int, label: str, counts: list[int]) -> None:
    base, most = top + ROW - 14, max(*counts, 1)
    step = (WIDTH - MARGIN * 2 - INDENT) / len(counts)
    left = MARGIN + INDENT
    axes.bar(
        [left + step * (n + 0.5) for n in range(len(counts))],
        [-max(TALL * count / most, 2) for count in counts],
        width=step * 0.82,
        bottom=base,
        color=BAR,
    )
    line = top + 36
    _write(axes, MARGIN, line, str(number), GOLD, weight="bold")
    _write(axes, WIDTH - MARGIN, line, str(sum(counts)), FAINT, ha="right")
    if can_write(label):
        _write(axes, left, line, label, INK, most=WIDTH - MARGIN - 110 - left)


def _write(  # noqa: PLR0913 - what a text needs, by name
    axes: Any, x: float, y: float, words: str, colour: str, *,
    size: float = _LETTERS, weight: str = "normal", ha: str = "left", most: float = WIDTH,
) -> None:  # fmt: skip
    """A text whose letters are `size` pixels, cut where it is wider than `most`."""
    text = axes.text(
        x, y, words, fontsize=size * 72 / _DPI, color=colour, fontweight=weight, ha=ha,
        va="baseline",
    )  # fmt: skip
    while words and text.get_window_extent().width > most:
        words = words[:-1]
        text.set_text(f"{words.rstrip()}…")


def can_write(text: str) -> bool:
    """Whether the font has every character, and needs no shaping (Arabic, Indic scripts)."""
    known = get_font(findfont(FontProperties())).get_charmap()
    return all(ord(one) in known and not 0x590 <= ord(one) < SHAPED for one in text)


if __name__ == "__main__":
    main()
