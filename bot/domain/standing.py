"""What operators think of a source."""

from enum import StrEnum


class Standing(StrEnum):
    """What an operator has decided about a source, for everybody."""

    GOOD = ""
    MUTED = "muted"  # read, but it rings nobody
    RETIRED = "retired"  # not asked any more, also where the catalogue lists it
