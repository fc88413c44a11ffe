"""What the bot says of itself: the welcome, and what keeps it from posting."""

from collections.abc import Sequence
from enum import Enum

from bot.chat.cards import Block, Button, Buttons, Card, Look, Text, footnote, text
from bot.chat.inline import Place, Plain
from bot.chat.words import gettext as _
from bot.chat.words import say


class Trouble(Enum):
    """Why the bot could not post."""

    FORBIDDEN = "forbidden"
    GONE = "gone"
    NO_THREAD = "no thread"


def welcome(*, is_back: bool) -> Card:
    """The first word in a workspace, or the first one after having been away."""
    lead = (
        _("Welcome back: everything is still here.")
        if is_back
        else _("I ask questions on machine learning, say why an answer is right, and keep the group's score.")
    )
    first = _("Say {quiz} for a first question, which only you see, or {mate} for everything there is.")
    quiet = _("I am quiet: nothing is posted for everyone before somebody asks for it.")
    zone = _("Moderators: {command} Europe/Berlin, or your own zone, plans a daily quiz, concepts and a weekly digest.")
    return Card(
        _("Batchmate is back") if is_back else _("Hello, I am Batchmate"),
        (
            text(lead),
            text(first.format(quiz=say("quiz start"), mate=say("mate"))),
            text(quiet),
            Buttons(
                (
                    Button(_("A first question"), "do", ("quiz start",), Look.MAIN),
                    Button(_("What you can say"), "do", ("help",)),
                )
            ),
            footnote(zone.format(command=say("setup"))),
        ),
    )


def trouble(channel: str, what: Trouble, missing: Sequence[str]) -> Card:
    """What is wrong in a channel, what is missing there in the platform's words, and what to do."""
    wrong = {
        Trouble.FORBIDDEN: _("I may not post in {channel}."),
        Trouble.GONE: _("I cannot find {channel}, where I was to post."),
        Trouble.NO_THREAD: _("I may not open threads in {channel}, so what belongs in one stands in the channel."),
    }[what]
    todo = {
        Trouble.FORBIDDEN: _(
            "Please allow it in the settings of that channel, or invite me there. "
            "What was refused is not sent again, what comes next is."
        ),
        Trouble.GONE: _("If it was deleted, there is nothing to do. If it is still there, please let me see it again."),
        Trouble.NO_THREAD: _("Please allow it in the settings of that channel."),
    }[what]
    before, _between, after = wrong.partition("{channel}")
    blocks: list[Block] = [Text((Plain(before), Place(channel), Plain(after)))]
    if missing:
        blocks.append(text(_("Missing: {permissions}.").format(permissions=", ".join(missing))))
    blocks.append(text(todo))
    blocks.append(footnote(_("You are told this once a day at most.")))
    return Card(_("Something keeps me from posting"), tuple(blocks))
