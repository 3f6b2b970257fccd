"""The operator's limits on what people may have and do (reliability 2.9, Q2)."""

from dataclasses import dataclass

from bot.domain.grammar import Limits


@dataclass(frozen=True, slots=True)
class Quotas:
    """Subscriptions a place; sources a chat, added one by one or by a file; a query's size."""

    subscriptions: int = 200
    sources: int = 50
    imported: int = 500
    query: Limits = Limits()  # noqa: RUF009 - a frozen value
