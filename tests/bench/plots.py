"""Draws what the benchmarks measured, for docs/."""

from collections.abc import Mapping
from pathlib import Path

from matplotlib.figure import Figure


def plot_costs(costs: Mapping[str, Mapping[int, float]], to: Path) -> None:
    """Microseconds an article (from seconds) against subscriptions, both axes logarithmic."""
    figure = Figure(figsize=(7, 4.2), layout="constrained")
    axes = figure.add_subplot()
    for name, found in costs.items():
        axes.plot(list(found), [one * 1e6 for one in found.values()], marker="o", label=name)
    axes.set(
        xscale="log",
        yscale="log",
        xlabel="subscriptions",
        ylabel="µs an article of 500 words",
        title="Matching one article",
    )
    axes.grid(visible=True, which="major", alpha=0.3)
    axes.legend()
    figure.savefig(to, metadata={"Date": None})
