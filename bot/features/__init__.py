"""What members get, each a package with the same three files: declaration, handlers, cards. `FEATURES` lists them.

To add one: a package here with `__init__` (FEATURE), `handlers` and `cards`; a line in `FEATURES`; a scene in
`tests/scenes`; a line in `docs/commands.md`. Modules beside the packages hold what several features share.
"""

from bot.chat.commands import Feature
from bot.features import (
    arrival,
    challenges,
    concepts,
    daily,
    digest,
    firing,
    home,
    leaderboard,
    live,
    mate,
    my,
    quiz,
    reminders,
    schedule,
    settings,
)
from bot.features import help as help_

FEATURES: tuple[Feature, ...] = (
    mate.FEATURE,
    quiz.FEATURE,
    live.FEATURE,
    daily.FEATURE,
    concepts.FEATURE,
    challenges.FEATURE,
    leaderboard.FEATURE,
    my.FEATURE,
    reminders.FEATURE,
    schedule.FEATURE,
    firing.FEATURE,
    digest.FEATURE,
    settings.FEATURE,
    help_.FEATURE,
    arrival.FEATURE,
    home.FEATURE,
)
