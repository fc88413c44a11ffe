"""What the terminal has shown so far: messages, numbered buttons, the form that is being filled in."""

import uuid
from collections.abc import Iterator

from msgspec import Struct, field

from bot.chat.cards import Button, Buttons, Card, Choice, Select
from bot.chat.forms import Field, Form

KEPT = 400


class Target(Struct, frozen=True):
    """What a number on the screen stands for: a button, or one line of a select; and the message it stands in."""

    message: str
    token: str
    value: str | None = None


class Message(Struct):
    """One message as it stands now; `audience` is None for everyone, else the one member who sees it.

    `channel`: where it stands, of what everyone sees; empty for the playground's own channel.
    """

    id: str
    card: Card
    audience: str | None
    key: str = ""
    channel: str = ""
    numbers: dict[str, int] = field(default_factory=dict)


class Filling(Struct):
    """A form in work: fields are asked one after the other."""

    form: Form
    values: dict[str, str] = field(default_factory=dict)

    @property
    def asked(self) -> Field | None:
        """The field that the next line fills; None when all are filled."""
        return next((spec for spec in self.form.fields if spec.name not in self.values), None)


class Screen:
    """The messages of one session, in order, and what their numbers mean."""

    def __init__(self) -> None:
        self._session = uuid.uuid4().hex[:12]
        self.messages: dict[str, Message] = {}
        self.targets: dict[int, Target] = {}
        self.filling: dict[str, Filling] = {}
        self._next_message = 1
        self._next_number = 1

    def add(self, card: Card, audience: str | None, key: str = "", message_id: str = "", channel: str = "") -> Message:
        """A new message at the end; its id is of this session alone, unless it takes one of another session over."""
        message = Message(message_id or f"{self._session}-{self._next_message}", card, audience, key, channel)
        self._next_message += 1
        self.messages[message.id] = message
        self._number(message)
        while len(self.messages) > KEPT:
            del self.messages[next(iter(self.messages))]
        return message

    def replace(self, message_id: str, card: Card, channel: str = "") -> Message:
        """A message's new content; one for everyone that this session has not shown is added, as one of `channel`."""
        message = self.messages.get(message_id)
        if message is None:
            return self.add(card, None, message_id=message_id, channel=channel)
        message.card = card
        self._number(message)
        return message

    def seen_by(self, user: str) -> Iterator[Message]:
        """What a member sees, the newest first."""
        for message in reversed(list(self.messages.values())):
            if message.audience in (None, user):
                yield message

    def _number(self, message: Message) -> None:
        message.numbers = {}
        for block in message.card.blocks:
            if isinstance(block, Buttons):
                for button in block.buttons:
                    if not button.lettered:
                        self._assign(message, button.label, Target(message.id, button.token))
            elif isinstance(block, Select):
                for choice in block.choices:
                    self._assign(message, choice.text, Target(message.id, block.token, choice.value))

    def _assign(self, message: Message, label: str, target: Target) -> None:
        message.numbers[label] = self._next_number
        self.targets[self._next_number] = target
        self._next_number += 1


def letters(card: Card) -> dict[str, Button]:
    """The buttons of a card that are called by letter."""
    return {button.label[0].casefold(): button for button in card.buttons() if button.lettered}


def lettered_select(card: Card) -> tuple[Select, dict[str, Choice]] | None:
    """The select of a card whose lines begin with letters."""
    for block in card.blocks:
        if isinstance(block, Select) and block.letters:
            return block, {choice.text[0].casefold(): choice for choice in block.choices}
    return None


def typed_button(card: Card) -> Button | None:
    """The button of a card that a typed line answers."""
    return next((button for button in card.buttons() if button.typed), None)
