"""Who and what is there when the playground opens."""

from dataclasses import dataclass

from bot.playground.world import World

OWNER, MEMBER = 101, 102
GROUP, CHANNEL = -100_1234, -100_5678


@dataclass(frozen=True, slots=True)
class Scene:
    """Two people and three chats: a private one, a group with topics, a channel."""

    owner: int
    member: int
    rooms: tuple[int, ...]


def make_scene(world: World) -> Scene:
    """Ada owns the group and the channel, Ben is a member; the bot administers both."""
    world.person(OWNER, "Ada")
    world.person(MEMBER, "Ben")
    world.room(GROUP, "supergroup", "News desk", ("Ukraine", "Sport"))
    world.room(CHANNEL, "channel", "Morning wire")
    for room in (GROUP, CHANNEL):
        world.join(room, OWNER, "creator")
        world.join(room, MEMBER, "member")
        world.join(room, world.bot["id"], "administrator")
    world.updates.clear()  # all of this was before the bot came
    return Scene(OWNER, MEMBER, (OWNER, GROUP, CHANNEL))
