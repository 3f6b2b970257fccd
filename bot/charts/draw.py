"""Draws one chart from JSON on stdin as PNG to stdout."""

import json
import sys
from io import BytesIO

import matplotlib as mpl
from matplotlib.font_manager import FontProperties, findfont, get_font

INK, FAINT, BAR, PAPER = "#1b1b1b", "#6b6b6b", "#0b5394", "#ffffff"
INCHES, DPI = 10.0, 100
ROW = 0.62


def main() -> None:
    """Read, draw, write."""
    job = json.load(sys.stdin)
    sys.stdout.buffer.write(picture(job["title"], job["lines"]))


def picture(title: str, lines: list[tuple[str, list[int]]]) -> bytes:
    """A row a line: its number and name, its counts as bars; dark on white, for any theme."""
    mpl.use("Agg")
    from matplotlib import pyplot as plt  # noqa: PLC0415 - after the backend is chosen

    height = 1.0 + ROW * len(lines)
    figure, rows = plt.subplots(
        len(lines), 1, figsize=(INCHES, height), dpi=DPI, squeeze=False, facecolor=PAPER
    )
    figure.suptitle(title, x=0.02, ha="left", fontsize=17, color=INK, fontweight="bold")
    for number, (axes, (label, counts)) in enumerate(zip(rows[:, 0], lines, strict=True), 1):
        axes.bar(range(len(counts)), counts, color=BAR, width=0.85)
        axes.set_axis_off()
        axes.set_xlim(-12.5, len(counts) + 1.5)
        axes.set_ylim(0, max(*counts, 1) * 1.15)
        shown = f"{number}  {label}" if can_write(label) else str(number)
        middle = max(*counts, 1) / 2
        axes.text(-12.5, middle, shown, fontsize=16, color=INK, va="center", clip_on=False)
        axes.text(
            len(counts) + 0.2, middle, str(sum(counts)), fontsize=14, color=FAINT, va="center"
        )
    figure.subplots_adjust(left=0.02, right=0.97, top=1 - 0.7 / height, bottom=0.03, hspace=0.35)
    target = BytesIO()
    figure.savefig(target, format="png", facecolor=PAPER)
    return target.getvalue()


def can_write(text: str) -> bool:
    """Whether the font has every character, and needs no shaping (Arabic, Indic scripts)."""
    known = get_font(findfont(FontProperties())).get_charmap()
    return all(ord(character) in known and ord(character) < 0x590 for character in text)


if __name__ == "__main__":
    main()
