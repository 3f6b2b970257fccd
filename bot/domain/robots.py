"""What a host lets programs fetch: robots.txt, as RFC 9309 has it.

The standard library's reader follows the draft of 1996, without wildcards and by the first rule
that fits instead of the longest.
"""

from dataclasses import dataclass
from urllib.parse import quote, unquote

MOST_BYTES = 500_000
"""Of a robots.txt that are read (RFC 9309, 2.5)."""

MOST_RULES = 2_000
_OVERHEAD = 120
"""Bytes of a rule beside its text: a tuple, its place in another, and the head of a string."""


@dataclass(frozen=True, slots=True)
class Robots:
    """The rules for one agent: (may be fetched, pattern of the path and query)."""

    rules: tuple[tuple[bool, str], ...] = ()

    def allows(self, target: str) -> bool:
        """Whether the path and query may be fetched: the longest rule that fits, else yes."""
        path = _plain(target or "/")
        fitting = [(len(rule), may) for may, rule in self.rules if _fits(rule, path)]
        return max(fitting)[1] if fitting else True

    @property
    def size(self) -> int:
        """About how many bytes it takes in memory; its patterns are ASCII."""
        return _OVERHEAD * (1 + len(self.rules)) + sum(len(rule) for _, rule in self.rules)


EVERYTHING = Robots()
NOTHING = Robots(((False, "/"),))


def read_robots(text: str, agent: str) -> Robots:
    """The rules of the groups that name `agent`, else of the groups for all."""
    groups: dict[str, list[tuple[bool, str]]] = {}
    named: list[str] = []
    naming = False
    for key, value in map(_line, text[:MOST_BYTES].splitlines()):
        if key == "user-agent":
            named = [*named, value.lower()] if naming else [value.lower()]
            groups.setdefault(value.lower(), [])
        elif key in ("allow", "disallow") and value:
            for name in named:
                groups[name].append((key == "allow", _plain(value)))
        naming = key == "user-agent" if key else naming
    return Robots(tuple(groups.get(agent.lower(), groups.get("*", []))[:MOST_RULES]))


def _line(text: str) -> tuple[str, str]:
    key, _, value = text.partition("#")[0].partition(":")
    return key.strip().lower(), value.strip()


def _plain(path: str) -> str:
    """One spelling for what may be written in several."""
    return quote(unquote(path), safe="/*$?&=:@!'(),;+~%")


def _fits(rule: str, path: str) -> bool:
    """Whether the rule fits the path's beginning; `*` is anything, a last `$` the end.

    Without regular expressions: a host must not be able to keep us busy with its rules.
    """
    start, *parts = rule.removesuffix("$").split("*")
    if not path.startswith(start):
        return False
    at, ends = len(start), rule.endswith("$")
    for part in parts[:-1] if ends else parts:
        found = path.find(part, at)
        if found < 0:
            return False
        at = found + len(part)
    if not ends:
        return True
    last = parts[-1] if parts else ""
    room = len(path) - len(last)
    return path.endswith(last) and (room >= at if parts else room == at)
