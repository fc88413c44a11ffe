"""Every card that members can be shown, by name: `feature.function`, and what is special about it.

To add one: a line in its feature's function below; a feature of its own gets a function, and a line in `cards`.
"""

from collections.abc import Callable, Iterator
from datetime import date, timedelta
from typing import Any

from msgspec.structs import replace

from bot.chat.arguments import find_command
from bot.chat.cards import Button, Card, Look
from bot.chat.commands import Command, Option, OptionKind
from bot.chat.people import Account, Space
from bot.chat.replies import Refusal, refusal_card
from bot.chat.words import say
from bot.features import FEATURES, playing, question_cards
from bot.features.arrival import cards as arrival
from bot.features.challenges import cards as challenges
from bot.features.concepts import cards as concepts
from bot.features.daily import cards as daily
from bot.features.digest import cards as digest
from bot.features.help import cards as help_
from bot.features.home import cards as home
from bot.features.leaderboard import cards as leaderboard
from bot.features.live import cards as live
from bot.features.mate import cards as mate
from bot.features.my import cards as my
from bot.features.question_cards import Mode
from bot.features.quiz import cards as quiz
from bot.features.reminders import cards as reminders
from bot.features.settings import cards as settings
from bot.library.models import Challenge, Concept, Repository
from bot.questions.shown import Grade, Shown
from bot.rules.calendar import Period
from bot.rules.picking import Picked
from bot.rules.responses import UNSURE, Response
from bot.store.answers import Tally
from bot.store.reminders import ReminderRow, Waiting
from bot.store.scores import Standing
from bot.store.streaks import Standing as Streak
from tests.gallery import days, sample, worst
from tests.gallery.sample import COUNT, LETTERED, LIBRARY, LONG, NUMBER, OUTPUT, SEVERAL, TEMPLATE, WORDS

Entry = tuple[str, Card]
SOLO, LIVE, DAILY = Mode("quiz"), Mode("live"), Mode("daily")
KINDS = {
    "short options": LETTERED,
    "long options": LONG,
    "several": SEVERAL,
    "number": NUMBER,
    "count": COUNT,
    "words": WORDS,
    "output": OUTPUT,
    "template": TEMPLATE,
}
NEXT = Button("Next", "quiz.next", ("42",), Look.MAIN, onward=True)


def cards() -> dict[str, Card]:
    """The whole gallery, in the locale in force."""
    rooms = (
        _questions,
        _reveals,
        _quiz,
        _daily,
        _live,
        _live_ends,
        _concepts,
        _challenges,
        _leaderboard,
        _digest,
        _mate,
        _my,
        _streaks,
        _reminders,
        _settings,
        _help,
        _home,
        _arrival,
        _others,
        days.cards,
        worst.cards,
    )
    found: dict[str, Card] = {}
    for room in rooms:
        for name, card in room():
            assert name not in found, f"two cards of the gallery are called {name}"
            found[name] = card
    return found


def _entry(build: Callable[..., Card], variant: str, *given: Any, **named: Any) -> Entry:
    """What `build` shows of these values, named after where it stands."""
    return f"{sample.module_name(build)}.{build.__name__} {variant}".strip(), build(*given, **named)


def _questions() -> Iterator[Entry]:
    build = question_cards.question
    for kind, item in KINDS.items():
        yield _entry(build, kind, sample.play(item), sample.shown(item), SOLO, sample.topic(item))
    alone = sample.play(LETTERED, position=0, count=1)
    yield _entry(build, "alone", alone, sample.shown(LETTERED), SOLO, sample.topic(LETTERED))
    chosen = sample.wrong(LETTERED)
    yield _entry(build, "chosen", alone, sample.shown(LETTERED), DAILY, sample.topic(LETTERED), chosen=chosen)
    several = sample.right(SEVERAL)
    yield _entry(
        build, "several chosen", sample.play(SEVERAL), sample.shown(SEVERAL), DAILY, "Regularisation", chosen=several
    )
    picture = {"path": "pictures/curves.png", "alt": "Two loss curves: one falls, the other rises again."}
    pictured = sample.changed(LETTERED, image=picture)
    yield _entry(build, "picture", sample.play(LETTERED), pictured, SOLO, sample.topic(LETTERED))
    options = sample.LIBRARY.items[LETTERED].snapshot()["options"]
    marked = sample.changed(LETTERED, options=[{**option, "text": f"`{option['text']}`"} for option in options])
    yield _entry(build, "marked options", sample.play(LETTERED), marked, SOLO, sample.topic(LETTERED))
    code = sample.changed(LONG, code={"lang": "python", "text": "w = fit(X, y)\nprint(w[0] * 2)  # `area` & <floor>\n"})
    yield _entry(build, "code", sample.play(LONG), code, SOLO, sample.topic(LONG))
    yield _entry(question_cards.appear_card, "")


def _reveals() -> Iterator[Entry]:
    for kind, item in KINDS.items():
        yield _reveal(f"{kind} right", item, sample.shown(item), sample.right(item), note="+12 points.")
    for kind, item in KINDS.items():
        yield _reveal(f"{kind} wrong", item, sample.shown(item), sample.wrong(item), note="")
    for kind in ("short options", "number"):
        yield _reveal(f"{kind} unsure", KINDS[kind], sample.shown(KINDS[kind]), UNSURE, note="")
    yield _reveal("unknown number", NUMBER, sample.shown(NUMBER), Response(text="17"), note="Practice, no points.")


def _reveal(variant: str, item: str, shown: Shown, response: Response, *, note: str) -> Entry:
    grade = Grade(correct=False) if response.unsure else playing.grade(shown, response)
    return _entry(
        question_cards.reveal,
        variant,
        sample.play(item),
        shown,
        sample.topic(item),
        response,
        grade,
        note=note,
        buttons=(NEXT,),
    )


def _quiz() -> Iterator[Entry]:
    first = sample.play(LETTERED, position=0)
    notes = quiz.draw_notes(Picked((LETTERED, LONG), widened=True, seen=1), 5)
    yield _entry(quiz.asked, "", first, sample.shown(LETTERED), SOLO, "Vectors", [])
    yield _entry(quiz.asked, "with notes", first, sample.shown(LETTERED), SOLO, "Vectors", notes)
    review = quiz.review_notes(7, 5)
    yield _entry(quiz.asked, "review", first, sample.shown(LETTERED), SOLO, "Vectors", review)
    good = sample.answered((sample.right(LETTERED), True), (sample.right(LONG), True))
    mixed = sample.answered((sample.right(LETTERED), True), (sample.wrong(LONG), False), (UNSURE, False))
    yield _entry(quiz.summary, "all right", sample.a_round(), good, asks=False)
    yield _entry(quiz.summary, "some wrong", sample.a_round(place=None, level=None), mixed, asks=False)
    yield _entry(quiz.summary, "first ever", sample.a_round(), mixed, asks=True)
    yield _entry(quiz.summary, "review", sample.a_round(kind="review"), mixed, asks=False)
    yield _entry(quiz.hint, "", sample.shown(LETTERED))
    yield _entry(quiz.thanks, "")
    counts = {"maths": 12, "tools": 3, "maths.vectors": 4, "maths.matrices": 1}
    yield _entry(quiz.tracks, "", list(LIBRARY.tracks.values()), counts)
    yield _entry(quiz.track, "", LIBRARY.tracks["maths"], counts)


def _daily() -> Iterator[Entry]:
    build = daily.open_question
    alone = sample.play(LETTERED, position=0, closes=True, count=1, kind="daily")
    yield _entry(build, "", alone, sample.shown(LETTERED), DAILY, "Vectors", None)
    yield _entry(build, "chosen", alone, sample.shown(LETTERED), DAILY, "Vectors", sample.right(LETTERED))
    yield _entry(build, "typed", alone, sample.shown(WORDS), DAILY, "NumPy", Response(text="broad_cast*ing"))
    yield _entry(build, "unsure", alone, sample.shown(LETTERED), DAILY, "Vectors", UNSURE)


def _live() -> Iterator[Entry]:
    whole, short = Picked((LETTERED, LONG), widened=False, seen=0), Picked((LETTERED,), widened=True, seen=1)
    yield _entry(live.started, "", 2, 30, 5, whole, 2)
    yield _entry(live.started, "short of questions", 1, 30, 5, short, 5)
    for kind, item in KINDS.items():
        yield _entry(
            live.open_question, kind, sample.play(item, closes=True), sample.shown(item), LIVE, sample.topic(item), 3
        )
    now = sample.play(LETTERED, closes=True)
    yield _entry(live.kept, "", now, sample.shown(LETTERED), sample.wrong(LETTERED), asks=False)
    yield _entry(live.kept, "first ever", now, sample.shown(LETTERED), sample.wrong(LETTERED), asks=True)
    yield _entry(live.kept, "unsure", sample.play(LETTERED), sample.shown(LETTERED), UNSURE, asks=False)
    for in_thread, where in ((True, "thread"), (False, "channel")):
        yield _entry(live.where_it_stands, where, in_thread=in_thread)
    threads = "Create Public Threads", "Send Messages in Threads"
    yield _entry(live.announced, "thread", sample.a_round(kind="live"), "Vectors", ())
    yield _entry(live.announced, "no thread", sample.a_round(kind="live", count=1), None, threads)
    yield _entry(live.announced_over, "", sample.a_round(kind="live"), "Vectors")
    yield _entry(live.own_stopped, "")
    yield _entry(live.stopped, "")
    yield _entry(live.refused, "", sample.a_round(kind="live"))


def _live_ends() -> Iterator[Entry]:
    build = live.revealed
    few = sample.answers(LETTERED, rights=1, wrongs=1, unsure=0)
    yield _entry(build, "none", sample.play(LETTERED), sample.shown(LETTERED), "Vectors", [])
    yield _entry(build, "few", sample.play(LETTERED), sample.shown(LETTERED), "Vectors", few)
    for kind, item in KINDS.items():
        many = sample.answers(item, rights=3, wrongs=2, unsure=1)
        yield _entry(build, f"many {kind}", sample.play(item), sample.shown(item), sample.topic(item), many)
    everyone = sample.answers(LETTERED, rights=6, wrongs=0, unsure=0)
    yield _entry(build, "all right", sample.play(LETTERED), sample.shown(LETTERED), "Vectors", everyone)
    totals = {11: (24, 2), 12: (36, 3), 13: (24, 2), 14: (0, 0)}
    names = {11: "ann", 12: "bea", 13: "_cem_"}
    for state in ("closed", "stopped", "abandoned"):
        yield _entry(live.result, state, sample.a_round(kind="live"), state, 2, totals, names)
    yield _entry(live.result, "nobody", sample.a_round(kind="live", count=1), "closed", 1, {}, {})
    yield _entry(live.result, "nobody shown", sample.a_round(kind="live"), "closed", 3, totals, {})
    crowd = {at: (12 * at, at) for at in range(1, 31)}
    everybody = {at: f"member with a name {at}" for at in crowd}
    yield _entry(
        live.result, "crowd", sample.a_round(kind="live", place=None, level=None), "closed", 3, crowd, everybody
    )


def _concepts() -> Iterator[Entry]:
    build, title = concepts.concept, LIBRARY.title
    with_code, plain = LIBRARY.concepts["c.maths.length-of-a-vector"], LIBRARY.concepts["c.tools.names-are-labels"]
    yield _entry(build, "code", with_code, title(with_code.topic), "", can_ask=True)
    yield _entry(
        build, "noted", plain, title(plain.topic), "There is none on pandas yet; this one is near.", can_ask=False
    )


def _challenges() -> Iterator[Entry]:
    ladder = list(LIBRARY.challenges.values())
    yield _entry(challenges.ladder, "", list(enumerate(ladder, start=1)))
    crowded = [(at, ladder[at % 3].model_copy(update={"id": f"h.tools.step-{at}"})) for at in range(1, 41)]
    yield _entry(challenges.ladder, "crowded", crowded)
    mend = LIBRARY.challenges["h.tools.mend-a-sentence"]
    yield _entry(challenges.challenge, "", ladder[0], "Core Python", None, [])
    repositories = [
        Repository.model_validate(
            {
                "repo": f"study/project_{at}",
                "lists": ["docs_welcome"],
                "policy_url": f"https://example.org/policy_({at})",
                "policy": "Small changes are welcome.",
                "checked_on": "2026-01-05",
                "policy_as_of": "2026-01-01",
                "source": "https://example.org",
            }
        )
        for at in (1, 2)
    ]
    fallback = LIBRARY.challenges[mend.fallback or ""]
    yield _entry(challenges.challenge, "projects and fallback", mend, "pandas", fallback, repositories)


def _leaderboard() -> Iterator[Entry]:
    build = leaderboard.board
    listed = [
        Standing(1, 12, 1234, 100, "name", "bea"),
        Standing(2, 11, 60, 5, "nickname", "*ann*"),
        Standing(2, 13, 60, 6, "name", "a name of more than sixteen letters"),
        Standing(4, 14, 12, 1, "name", "名前の長い人の名前です"),
    ]
    for period in Period:
        yield _entry(build, period.value, listed, (2, 60, 5), sample.ME, period, None, 9)
    yield _entry(build, "track", listed, (2, 60, 5), sample.ME, Period.SEASON, "Maths", 9)
    yield _entry(build, "without my place", listed, None, sample.ME, Period.WEEK, None, 9)
    yield _entry(build, "nobody shown", [], (1, 12, 1), sample.ME, Period.WEEK, None, 3)
    yield _entry(build, "empty", [], None, sample.ME, Period.DAY, "Maths", 0)


def _digest() -> Iterator[Entry]:
    build, until = digest.digest, date(2026, 3, 10)
    ladder = tuple(LIBRARY.challenges.values())[:2]
    board = (Standing(1, 12, 240, 20, "name", "bea"), Standing(3, 11, 60, 5, "nickname", "*ann*"))
    topics = (digest.Topic("Vectors", 12, 75), digest.Topic("NumPy"))
    concepts = ("The length of a vector", "Names are labels")
    improved = digest.Improved(("bea", "*ann*"))
    yield _entry(build, "", digest.Week(until, 7, concepts, topics, improved, ladder, board))
    yield _entry(build, "quiet", digest.Week(until, challenges=ladder))
    yield _entry(build, "few", digest.Week(until, 1, (), topics[1:]))
    level = digest.Improved(("<" * 32,) * 3, 10**6)
    worst_board = tuple(Standing(10**6, at, 10**9, 1, "name", "<&>" * 11) for at in range(10))
    worst_topics = (*[digest.Topic("<" * 40, 10**6, 100)] * 7, digest.Topic("none"))
    rungs = tuple(c.model_copy(update={"title": "<" * 60}) for c in ladder)
    whole = digest.Week(until, 10**6, ("<" * 120,) * 40, worst_topics, level, rungs, worst_board)
    yield _entry(build, "worst", whole)


def _mate() -> Iterator[Entry]:
    build = mate.front_door
    yield _entry(build, "fresh", "Study group", mate.Open(), None, daily_done=False)
    yield _entry(build, "before the next", "Study group", mate.Open(missed=2), sample.NOW, daily_done=False)
    yield _entry(build, "busy", "Study group", mate.Open(own=True, live=True, missed=3), None, daily_done=True)
    yield _entry(build, "one missed", "<&> " * 20, mate.Open(missed=1), None, daily_done=True)


def _my() -> Iterator[Entry]:
    tallies = {"maths": Tally(12, 9), "classical": Tally(3, 0)}
    yield _entry(my.stats, "", tallies, (2, 60, 9), 4)
    yield _entry(my.stats, "without a place", tallies, None, 0)
    yield _entry(my.stats, "nothing yet", {}, None, 0)
    yield _entry(my.timezone, "own", "Europe/Berlin", sample.NOW, own=True)
    yield _entry(my.timezone, "group's", "America/Argentina/ComodRivadavia", sample.NOW, own=False)
    yield _entry(my.appears, "", "ann_b")
    yield _entry(my.appears, "hidden", "")


def _streaks() -> Iterator[Entry]:
    weekend = date(2026, 3, 7), date(2026, 3, 8)
    pause = tuple(date(2026, 2, day) for day in range(1, 29))
    yield _entry(my.streak, "none yet", Streak(0, 0, kept_today=False, excused=(), has_quiz=False))
    yield _entry(my.streak, "ended", Streak(0, 12, kept_today=False, excused=(), has_quiz=True))
    yield _entry(my.streak, "first day", Streak(1, 1, kept_today=True, excused=(), has_quiz=False))
    yield _entry(my.streak, "longest", Streak(12, 12, kept_today=True, excused=(), has_quiz=True))
    yield _entry(my.streak, "after a weekend", Streak(5, 12, kept_today=False, excused=weekend, has_quiz=True))
    yield _entry(my.streak, "after a pause", Streak(5, 5, kept_today=False, excused=pause, has_quiz=True))


def _reminders() -> Iterator[Entry]:
    ann, group = Account("fake", "ann"), "<&> " * 20
    tell = ReminderRow(1, 11, "daily", ann, 1, "18:00", "tell", 0, "Europe/Berlin")
    mention, recall = replace(tell, how="mention"), replace(tell, kind="recall")
    waits = Waiting("schedule:7:2026-03-10", Space("fake", "workspace", "general"), sample.NOW + timedelta(hours=9))
    for variant, reminder in (("private", tell), ("mention", mention), ("recall", recall)):
        yield _entry(reminders.kept, variant, reminder, "America/Argentina/ComodRivadavia", group)
    yield _entry(reminders.kept, "moved", tell, "Europe/Berlin", "Study group", group)
    yield _entry(reminders.standing, "none", [])
    yield _entry(reminders.standing, "both", [(tell, "Europe/Berlin", "Study group"), (recall, "UTC", group)])
    yield _entry(reminders.off, "")
    yield _entry(reminders.test, "daily", tell)
    yield _entry(reminders.test, "recall", recall)
    yield _entry(reminders.daily, "", group, waits)
    yield _entry(reminders.daily, "instead of a mention", group, waits, "mention")
    yield _entry(reminders.mention, "", ann, "Study group", waits)
    concept = LIBRARY.concepts["c.maths.length-of-a-vector"]
    yield _entry(reminders.recall, "", concept)
    yield _entry(reminders.recall, "long", concept.model_copy(update={"title": "<" * 120, "hook": "&" * 200}))


def _settings() -> Iterator[Entry]:
    some = settings.values("Europe/Berlin", "en", ["bea", "&5"], "desk", threads=True)
    default = settings.values("UTC", "en", [], "", threads=False)
    yield _entry(settings.settings, "", "Study group", some)
    yield _entry(settings.settings, "default", "Study group", default)
    yield _entry(settings.changed, "", "time zone", "Europe/Berlin")
    yield _entry(settings.threads_changed, "off", threads=False)
    yield _entry(settings.desk_changed, "", "desk")
    yield _entry(settings.desk_changed, "nowhere", "")
    yield _entry(settings.moderators_changed, "", ["&5", "7"], "Server Settings, Integrations.")
    yield _entry(settings.moderators_changed, "nobody", [], "Server Settings, Integrations.")


def _help() -> Iterator[Entry]:
    commands = [command for feature in FEATURES for command in feature.commands]
    yield _entry(help_.overview, "", commands)
    for words in ("quiz live", "my name", "settings set", "mate"):
        found = find_command(commands, words)
        assert found is not None
        yield _entry(help_.command, words, found[0])


def _home() -> Iterator[Entry]:
    build = home.page
    closes = sample.NOW + timedelta(hours=15)
    concept = LIBRARY.concepts["c.maths.length-of-a-vector"]
    ladder = list(LIBRARY.challenges.values())
    mine: dict[str, Any] = {"concept": concept, "answered": Tally(12, 9), "place": (2, 60, 9), "challenges": ladder}
    none: dict[str, Any] = {"concept": None, "answered": Tally(0, 0), "place": None, "challenges": []}
    locked = home.Today(closes, chosen=True, locked=True, correct=True, points=12)
    wrong = home.Today(closes, chosen=True, locked=True, correct=False)
    some = settings.values("Europe/Berlin", "en", ["bea", "&5"], "desk", threads=True)
    waits = mate.Open(own=True, live=True, missed=3)
    yield _entry(build, "", "Study group", "ann", home.Today(closes), mate.Open(), settings=(), **mine)
    yield _entry(build, "new", "Study group", "ann", home.Today(closes), mate.Open(), settings=(), **none)
    yield _entry(build, "chosen", "Study group", "bea", home.Today(closes, chosen=True), waits, settings=(), **mine)
    yield _entry(build, "locked", "Study group", "bea", locked, mate.Open(), settings=(), **mine)
    yield _entry(build, "moderator", "Study group", "mod", wrong, mate.Open(missed=1), settings=some, **mine)
    worst_of_all = _worst_home(concept, ladder[0])
    yield _entry(build, "worst", "<&> " * 30, "名前" * 60, home.Today(closes, chosen=True), waits, **worst_of_all)


def _worst_home(concept: Concept, challenge: Challenge) -> dict[str, Any]:
    """As much of everything as content and settings allow, of what takes the most room."""
    return {
        "concept": concept.model_copy(update={"title": "<" * 120, "hook": "&" * 200}),
        "answered": Tally(10**9, 10**9),
        "place": (10**9, 10**9, 10**9),
        "challenges": [challenge.model_copy(update={"title": "<" * 60})] * 3,
        "settings": settings.values(
            "America/Argentina/ComodRivadavia", "pt_BR", ["<" * 500] * 40, "<" * 500, threads=False
        ),
    }


def _arrival() -> Iterator[Entry]:
    yield _entry(arrival.welcome, "new", is_back=False)
    yield _entry(arrival.welcome, "back", is_back=True)
    for trouble in arrival.Trouble:
        yield _entry(arrival.trouble, trouble.value, "200", trouble, ())
    yield _entry(arrival.trouble, "missing", "200", arrival.Trouble.FORBIDDEN, ("View Channel", "Send Messages"))


def _others() -> Iterator[Entry]:
    command = say("quiz start")
    yield "refusal", refusal_card(Refusal(f"That quiz is over. Say {command} for another one."))
    yield "refusal of what was typed", refusal_card(Refusal("There is no command “@everyone <@7> **x**”."))


def commands_with_required_options() -> list[Command]:
    """What is asked for in a form where it was left out; two of them have every kind of option."""
    every = Command(
        "every kind of option",
        "Every kind of option.",
        lambda _ctx, _options: None,
        (
            Option("words", "some words", required=True),
            Option("number", "a number", OptionKind.INTEGER, minimum=1, maximum=5),
            Option("choice", "one of two", OptionKind.CHOICE, choices=(("a", "the first"), ("b", "the second"))),
            Option("yes", "yes or no", OptionKind.BOOLEAN),
            Option("who", "a member", OptionKind.MEMBER),
            Option("sixth", "more than a form holds"),
        ),
    )
    place = Command(
        "channel as an option",
        "A channel.",
        lambda _ctx, _options: None,
        (
            Option("where", "a channel", OptionKind.CHANNEL, required=True),
            Option("else", "another", OptionKind.CHANNEL),
        ),
    )
    declared = [command for feature in FEATURES for command in feature.commands]
    asking = [command for command in declared if any(option.required for option in command.options)]
    return [*asking, every, place]
