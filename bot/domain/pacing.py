"""How fast we may talk: Telegram's limits as arithmetic on moments.

Moments are seconds of one monotonic clock, given by the caller. The limits are those of
Telegram's Bots FAQ: about 30 messages a second overall, one a second in a chat, 20 a minute in a
group. Every limit is a *sliding* window ("never more than `count` in any `seconds`"): a bucket
that refills would allow twice its size around the refill.
"""

from dataclasses import dataclass

ChatKey = int | str  # an id, or the @name of a channel

GLOBAL_FLOOD_CHATS = 3
GLOBAL_FLOOD_SECONDS = 10.0

SLOWER = 1.25
"""How much wider messages are spaced after a flood wait for all: Telegram's limits vary."""
SLOWEST = 8.0
EASE_SECONDS = 60.0
"""So long without another such wait, and a step of the widening is taken back."""


@dataclass(frozen=True, slots=True)
class Limit:
    """At most `count` messages in any `seconds`."""

    count: int
    seconds: float

    def free(self, booked: tuple[float, ...], now: float) -> float:
        """The earliest moment from `now` on for one more after `booked` (ascending moments)."""
        if len(booked) < self.count:
            return now
        return max(now, booked[-self.count] + self.seconds)


CHAT = (Limit(1, 1.0),)
GROUP = (Limit(1, 1.0), Limit(20, 60.0))
MEMORY_SECONDS = 60.0  # the longest window: what is older decides nothing


def limits_of(chat: ChatKey) -> tuple[Limit, ...]:
    """Groups and channels have negative ids or a name; the two cannot be told apart."""
    return CHAT if isinstance(chat, int) and chat > 0 else GROUP


class Pace:
    """When the next message to a chat may go, given all that went before.

    Overall, messages are spaced evenly by 1 / `per_second`: a burst of 30 at once would meet the
    next burst inside one second as soon as the network delays the first. It holds a few floats
    for each chat written to in the last minute, and for each chat under a flood wait.
    """

    def __init__(self, per_second: float = 30.0) -> None:
        self._usual = self._alone = 1 / per_second
        self.spacing = self._usual  # as learnt from flood waits; never under the usual
        self._learnt = float("-inf")
        self._last: tuple[float, ...] = ()
        self._chats: dict[ChatKey, tuple[float, ...]] = {}  # in the order of the last message
        self._holds: dict[ChatKey, float] = {}
        self._floods: dict[ChatKey, tuple[float, float]] = {}  # (reported at, wait until)
        self._pause_until = float("-inf")

    def share(self, processes: int) -> None:
        """So many processes send with one token: take one part of its rate."""
        usual = self._alone * processes
        self.spacing *= usual / self._usual
        self._usual = usual

    def when(self, chat: ChatKey, now: float) -> float:
        """The earliest moment from `now` on at which a message may go to `chat`."""
        return max(self.chat_free(chat, now), self.overall_free(now))

    def chat_free(self, chat: ChatKey, now: float) -> float:
        """The same, as if there were no other chat (a pause for all is not looked at)."""
        booked = self._chats.get(chat, ())
        return max(self.held(chat, now), *(limit.free(booked, now) for limit in limits_of(chat)))

    def overall_free(self, now: float) -> float:
        """The earliest moment for a message to a chat that is free itself."""
        return max(self._pause_until, Limit(1, self.spacing).free(self._last, now))

    def held(self, chat: ChatKey, now: float) -> float:
        """The end of this chat's flood wait, `now` without one."""
        return max(now, self._holds.get(chat, now))

    def book(self, chat: ChatKey, at: float) -> None:
        """A message goes to `chat` at `at`, which must not lie before `when` or a booking."""
        self.book_overall(at)
        most = max(limit.count for limit in limits_of(chat))
        self._chats[chat] = (*self._chats.pop(chat, ()), at)[-most:]
        self._forget(at)

    def book_overall(self, at: float) -> None:
        """A request goes at `at` that counts overall but not in its chat (an edit)."""
        self._last = (at,)
        if self.spacing > self._usual and at - self._learnt >= EASE_SECONDS:
            self._learn(self.spacing / SLOWER, at)

    def hold(self, chat: ChatKey, until: float, now: float) -> None:
        """Telegram answered 429 for `chat`: nothing goes there before `until`.

        Three chats within ten seconds mean that the limit is ours, not theirs: then everything
        waits, for the shortest of the three, because one chat's wait can be half a day; and from
        then on we go slower for a while.
        """
        self._holds = {key: end for key, end in self._holds.items() if end > now}
        self._holds[chat] = max(until, self._holds.get(chat, until))
        recent = {k: v for k, v in self._floods.items() if v[0] > now - GLOBAL_FLOOD_SECONDS}
        self._floods = {**recent, chat: (now, until)}
        if len(self._floods) >= GLOBAL_FLOOD_CHATS:
            if now >= self._pause_until:
                self._learn(self.spacing * SLOWER, now)
            self._pause_until = min(end for _, end in self._floods.values())

    def _learn(self, spacing: float, now: float) -> None:
        self.spacing = min(max(spacing, self._usual), self._usual * SLOWEST)
        self._learnt = now

    def _forget(self, now: float) -> None:
        while self._chats:
            oldest = next(iter(self._chats))
            if self._chats[oldest][-1] > now - MEMORY_SECONDS:
                return
            del self._chats[oldest]
