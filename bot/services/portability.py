"""Export and import: what a chat has, out as files and in again."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace

from bot.domain.message import Document
from bot.domain.model import ChatKind, Place, Source, Subscription
from bot.domain.portable import (
    ListReader,
    Portable,
    Topic,
    Wanted,
    facts_of,
    wanted,
    write_portable,
)
from bot.domain.ports import CatalogueEntry, Clock, Storage, Tx
from bot.domain.secrets import masked, masked_text
from bot.sources.opml import write_opml

_OF_SOURCE = re.compile(r"source:#(\d+)")


class Portability:
    """Files out of chats and into them."""

    def __init__(self, storage: Storage, reader: ListReader, clock: Clock) -> None:
        self._storage = storage
        self._reader = reader
        self._clock = clock

    async def export(self, chat_id: int) -> tuple[Document, ...]:
        """All that this chat has, and its own sources as OPML if it has any.

        Secrets in addresses are masked, except in private: there the reader added them.
        """
        async with self._storage.read() as tx:
            chat = await tx.chats.get(chat_id)
            if chat is None:
                return ()
            own = await tx.sources.owned(chat_id)
            everything = await tx.subscriptions.of_chat(chat_id)
            urls = {one.id: await _url_behind(tx, one) for one in everything}
            records = await tx.belongings.of(chat_id)
        document = Portable(
            exported=self._clock(),
            kind=chat.kind,
            title=chat.title,
            locale=chat.locale,
            timezone=chat.timezone,
            topics=_topics(everything, urls),
            sources=tuple(_entry(one) for one in own),
            records=records,
        )
        return _files(document if chat.kind is ChatKind.PRIVATE else _without_secrets(document))

    async def start_import(self, place: Place, data: bytes) -> int | None:
        """Read the file and line up what it adds; None: this chat has an import going already.

        Raises:
            PortableError: the file cannot be read; the sentence says where and why.
        """
        items = await self._reader.read_list(data)
        async with self._storage.write() as tx:
            return await tx.imports.start(place, [facts_of(one) for one in items], self._clock())

    async def cancel(self, place: Place, job: int) -> bool:
        """Stop an import of this chat; what it added stays. False: there is none any more."""
        async with self._storage.write() as tx:
            return await tx.imports.cancel(place.chat, job)


async def _url_behind(tx: Tx, one: Subscription) -> str | None:
    """The address of the source that this subscription is all of; a shared one's is masked.

    Anybody may write `source:#7`: another chat's own source stays that chat's.
    """
    match = _OF_SOURCE.fullmatch(one.query)
    source = await tx.sources.get(int(match[1])) if match else None
    if source is None or source.owner not in (None, one.place.chat):
        return None
    return source.url if source.owner == one.place.chat else masked(source.url)


def _topics(
    everything: Sequence[Subscription], urls: Mapping[int, str | None]
) -> tuple[Topic, ...]:
    by_topic: dict[int, list[Wanted]] = {}
    for one in everything:
        by_topic.setdefault(one.place.topic, []).append(wanted(one, urls[one.id]))
    return tuple(
        Topic(number=number, subscriptions=tuple(found))
        for number, found in sorted(by_topic.items())
    )


def _files(document: Portable) -> tuple[Document, ...]:
    found = Document("newsbell.json", write_portable(document))
    if not document.sources:
        return (found,)
    return (found, Document("newsbell.opml", write_opml(document.title, document.sources)))


def _entry(one: Source) -> CatalogueEntry:
    return CatalogueEntry(
        url=one.url, title=one.title, site=one.site, section=one.section, language=one.language
    )


def _without_secrets(document: Portable) -> Portable:
    return replace(
        document,
        topics=tuple(
            replace(topic, subscriptions=tuple(map(_hidden, topic.subscriptions)))
            for topic in document.topics
        ),
        sources=tuple(
            replace(
                one,
                url=masked(one.url),
                title=masked_text(one.title),
                site=one.site and masked(one.site),
            )
            for one in document.sources
        ),
        records={
            table: [
                {name: masked_text(v) if isinstance(v, str) else v for name, v in row.items()}
                for row in rows
            ]
            for table, rows in document.records.items()
        },
    )


def _hidden(one: Wanted) -> Wanted:
    source = None if one.source is None else masked(one.source)
    return replace(one, source=source, typed=masked_text(one.typed))
