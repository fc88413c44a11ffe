"""The daily's own cards."""

from bot.chat.cards import Block, Button, Buttons, Card, Footnote, Look, Text
from bot.chat.inline import Bold, Plain, When
from bot.chat.words import gettext as _
from bot.features import question_cards
from bot.features.question_cards import Mode
from bot.questions.shown import Shown
from bot.rules.responses import Response
from bot.store.rounds import Play


def open_question(play: Play, shown: Shown, mode: Mode, topic: str, chosen: Response | None) -> Card:
    """Today's question; once something is chosen, the button that locks it in."""
    extra: list[Block] = []
    if chosen is not None:
        extra.append(Text((Plain(_("Your choice: ")), Bold(question_cards.said(shown, chosen)))))
        extra.append(Buttons((Button(_("Lock in"), "daily.lock", (str(play.id),), Look.MAIN),)))
    if play.closes_at:
        extra.append(Footnote((Plain(_("What is not locked locks at ")), When(play.closes_at), Plain("."))))
    return question_cards.question(
        play, shown, mode, _("Daily · {topic}").format(topic=topic), extra=extra, chosen=chosen
    )
