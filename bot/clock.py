"""The program's clock. The two composition roots hand it on; nobody else reads it."""

from datetime import UTC, datetime


def utc_now() -> datetime:
    """The current moment, aware UTC."""
    return datetime.now(UTC)  # noqa: TID251 - this is the place
