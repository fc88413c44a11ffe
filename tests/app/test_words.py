"""Every word of the interface goes through the catalogue: a run in a language made by rule shows none that does not."""

import re
from pathlib import Path

from bot.library import Library
from bot.library.models import Track
from bot.questions.item import Question
from bot.store.engine import transaction
from tests.clock import Clock
from tests.scenes.knowledge import Knowledge
from tests.stages.terminal import TerminalStage

GESTURES = (
    "mate",
    "help",
    "help quiz start",
    "quiz topics",
    "quiz topics classical",
    "daily",
    "concept",
    "challenge list",
    "challenge show 1",
    "leaderboard",
    "my stats",
    "my last",
    "my timezone",
    "my timezone tokyo",
    "my name nickname Fox",
    "settings show",
    "settings set timezone Oslo",
    "quiz stop",
    "quiz review",
    "quiz start topic:nowhere",
    "quiz start level:7",
)
IDS = (
    "maths",
    "tools",
    "classical",
    "ann",
    "playground",
    "Fox",
    "UTC",
    "Asia/Tokyo",
    "Europe/Oslo",
    "xx",
    "en",
    "s",
    "h",
)


def bracketed(library: Library) -> Library:
    """The library with its own texts in the brackets of the language made by rule, so that they count as translated."""

    def wrap(text: str) -> str:
        return f"⟦{text}⟧"

    def question(item: object) -> object:
        if not isinstance(item, Question):
            return item
        options = tuple(o.model_copy(update={"text": wrap(o.text), "why": wrap(o.why)}) for o in item.options)
        refs = tuple(r.model_copy(update={"title": wrap(r.title), "locator": wrap(r.locator)}) for r in item.refs)
        changed = {"stem": wrap(item.stem), "options": options, "refs": refs, "hint": wrap(item.hint or "") or None}
        return item.model_copy(update=changed)

    def track(found: Track) -> Track:
        topics = tuple(t.model_copy(update={"title": wrap(t.title)}) for t in found.topics)
        return found.model_copy(update={"title": wrap(found.title), "about": wrap(found.about), "topics": topics})

    return Library(
        tracks={name: track(found) for name, found in library.tracks.items()},
        items={name: question(item) for name, item in library.items.items() if isinstance(item, Question)},  # type: ignore[misc]
        concepts=library.concepts,
        challenges=library.challenges,
        misconceptions=library.misconceptions,
        repositories=(),
        faults=(),
    )


def untranslated(text: str, content: set[str]) -> str:
    """The letters of `text` that stand outside brackets and are neither a name nor an id nor content."""
    for known in sorted(content, key=len, reverse=True):
        text = text.replace(known, "")
    text = re.sub(r"⟦[^⟦⟧]*…", "", text)  # cut to fit a column
    while (shorter := re.sub(r"⟦[^⟦⟧]*⟧", "", text)) != text:
        text = shorter
    text = re.sub(r"\d{4}-\d\d-\d\dT[\d:+.]+", "", text)
    words = re.findall(r"[^\W\d_][\w/'-]*", text)
    return " ".join(word for word in words if word not in IDS and not re.fullmatch(r"[A-J]", word))


def literal(library: Library, stage: TerminalStage) -> set[str]:
    """What stands on cards as it is: commands and options to type, topics, concepts and challenges as written."""
    found = {f"{option.name}:" for c in stage.host.app.registry.commands.values() for option in c.options}
    found |= set(stage.host.app.registry.commands)
    found |= {topic.split(".")[1] for topic in library.topics}
    for concept in library.concepts.values():
        found |= {concept.title, concept.hook, " ".join(concept.body.split()), concept.discuss}
        found |= {part for ref in concept.refs for part in (ref.title, ref.locator)}
        found |= {concept.try_it.text.rstrip("\n"), concept.try_it.output.rstrip("\n")} if concept.try_it else set()
    for challenge in library.challenges.values():
        found |= {challenge.title, challenge.title[:25], challenge.why, challenge.done_when, *challenge.steps}
        found |= {part for ref in challenge.refs for part in (ref.title, ref.locator)}
    return found


async def test_no_word_of_the_interface_misses_the_catalogue(tmp_path: Path, library: Library, clock: Clock) -> None:
    """Every command, a whole quiz and a live round, in the language made by rule: nothing is left in English."""
    translated = bracketed(library)
    stage = TerminalStage(tmp_path, translated, clock, locale="xx")
    knows = Knowledge(translated)
    await stage.say("help", by="ann", moderator=True)
    await _set_language(stage)
    for words in GESTURES:
        await stage.say(words, by="ann", moderator=True)
    await stage.say("quiz start topic:vectors questions:2")
    await knows.answer(stage, stage.private("ann")[-1], right=False)
    await stage.press("⟦Répórt⟧")
    await stage.submit(reason="wrong")
    await stage.say("quiz live topic:decision-trees questions:1 seconds:20")
    await knows.answer(stage, stage.public()[-1])
    await stage.pass_time(60)
    content = literal(library, stage)
    cards = [message.card for message in stage.terminal.screen.messages.values()]
    assert len(cards) > len(GESTURES)
    assert any("Résúlt" in card.title for card in cards)
    for card in cards:
        for text in card.words():
            code = text in {item.code.text.rstrip("\n") for item in translated.items.values() if item.code}
            assert code or not untranslated(text, content), (
                f"not in the catalogue: {untranslated(text, content)!r} of {text!r}"
            )
    await stage.close()


async def _set_language(stage: TerminalStage) -> None:
    """The group's posts in that language too; no command offers it, since no person speaks it."""
    with transaction(stage.engine) as db:
        db.exec_driver_sql("UPDATE \"group\" SET locale = 'xx'")
