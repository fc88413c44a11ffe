"""What Slack's libraries log, in words of our own: theirs may hold a member's."""

import logging

EVERY = 60.0  # seconds
TROUBLED = "The connection to Slack is troubled; it is renewed by itself"
NOT_INSTALLED = "A workspace used the bot whose token is not here: it has to install the bot again"
NOT_KNOWN = (
    "Slack sent what is not answered here. Is the slash command the one that SLACK_COMMAND says, and the app's "
    "manifest the one that batchmate manifest slack prints?"
)
SWITCHED_OFF = (
    "Socket Mode is switched off in the app's settings: nothing that is said to the bot arrives. Switch it on at "
    "https://api.slack.com/apps, on the page Socket Mode"
)
TOO_MANY = (
    "Slack opens no more sockets for this app, ten at most: nothing that is said to the bot arrives here. End other "
    "processes that have the same SLACK_APP_TOKEN"
)
_WORDS = {
    "link_disabled": SWITCHED_OFF,
    "too_many_websockets": TOO_MANY,
    "should be installed": NOT_INSTALLED,
    "Unhandled request": NOT_KNOWN,
    "will be ignored": "",  # a token in the environment, which the library has looked for by itself
}


class Ours(logging.Filter):
    """Lets one line of a kind pass in a minute, without what the library put into it."""

    def __init__(self) -> None:
        super().__init__()
        self._said: dict[str, float] = {}

    def filter(self, record: logging.LogRecord) -> bool:
        """Whether the record goes on; it is in our words then."""
        theirs = str(record.msg)
        words = next((ours for sign, ours in _WORDS.items() if sign in theirs), TROUBLED)
        too_soon = record.created - self._said.get(words, -EVERY) < EVERY
        if not words or record.levelno < logging.WARNING or too_soon:
            return False
        self._said[words] = record.created
        record.msg, record.args = words, ()
        record.exc_info = record.exc_text = record.stack_info = None
        return True


def quiet(name: str) -> logging.Logger:
    """A logger for a library, which keeps to `Ours`."""
    found = logging.getLogger(name)
    found.setLevel(logging.WARNING)
    if not any(isinstance(one, Ours) for one in found.filters):
        found.addFilter(Ours())
    return found
