"""A concept as a card."""

from bot.chat import markup
from bot.chat.cards import Block, Button, Buttons, Card, Code, Look, Text, text
from bot.chat.inline import Bold
from bot.chat.words import gettext as _
from bot.features import question_cards
from bot.library.models import Concept


def concept(found: Concept, topic: str, note: str, *, can_ask: bool) -> Card:
    """Hook, body, code with its output, something to talk about, the source."""
    blocks: list[Block] = [text(note)] if note else []
    blocks.append(Text((Bold(found.hook),)))
    blocks.append(Text(markup.parse(found.body)))
    if found.try_it:
        blocks.append(Code(found.try_it.text.rstrip("\n"), found.try_it.lang))
        blocks.append(text(_("It prints:")))
        blocks.append(Code(found.try_it.output.rstrip("\n")))
    blocks.append(Text((Bold(_("To talk about: ")), *markup.parse(found.discuss))))
    if can_ask:
        blocks.append(Buttons((Button(_("Ask me about it"), "concept.recall", (found.id,), Look.MAIN),)))
    blocks.append(question_cards.source(found.refs, f"{topic} · "))
    return Card(found.title, tuple(blocks))


def neighbour(topic: str) -> str:
    """What stands above a concept that was taken for a topic without one."""
    return _("There is none on {topic} yet; here is a neighbour.").format(topic=topic)


def talk(found: Concept) -> Card:
    """What opens the thread in which a concept is talked about."""
    return Card(_("To talk about"), (Text(markup.parse(found.discuss)),))


def thread_title(found: Concept) -> str:
    """What that thread is called."""
    return _("Concept: {title}").format(title=found.title)
