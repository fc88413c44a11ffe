"""The shipped content, read and checked once and frozen: what can be asked, explained and challenged."""

import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from functools import cached_property
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import TypeVar

from msgspec import Struct, field

from bot.library.models import Challenge, Concept, Repository, Topic, Track
from bot.library.parsed import Parsed
from bot.library.reading import Fault, Reader, content_root
from bot.questions import read_item
from bot.questions.item import Content, Item, Status
from bot.rules.picking import Candidate

C = TypeVar("C", bound=Content)
MOST_CANDIDATES = 1_000  # lists that are kept, each for a place, a day and a level
_WORD = re.compile(r"\w+")


class Library(Struct, frozen=True, dict=True):
    """All content by id, in file order. `faults` says what was left out and why."""

    tracks: Mapping[str, Track]
    items: Mapping[str, Item]
    concepts: Mapping[str, Concept]
    challenges: Mapping[str, Challenge]
    misconceptions: Mapping[str, str]
    repositories: tuple[Repository, ...]
    faults: tuple[Fault, ...]
    files: Mapping[str, str] = field(default_factory=dict)

    @cached_property
    def topics(self) -> Mapping[str, Topic]:
        """Every topic by id."""
        return {topic.id: topic for track in self.tracks.values() for topic in track.topics}

    def track_of(self, topic: str) -> str:
        """The track of a topic."""
        return topic.split(".", maxsplit=1)[0]

    def title(self, place: str) -> str:
        """The title of a track or a topic."""
        if place in self.tracks:
            return self.tracks[place].title
        return self.topics[place].title if place in self.topics else place

    def playable(self, today: date) -> list[Item]:
        """The items in rotation: live, and not overdue for a review of facts that age."""
        return [item for item in self.items.values() if in_rotation(item, today)]

    def candidates(self, place: str | None, today: date, level: int | None = None) -> list[Candidate]:
        """What may be drawn for a track, a topic or everything, of one level or all."""
        found = self._candidates.get((place, today, level))
        if found is None:
            found = [
                Candidate(item.id, item.topic, item.difficulty)
                for item in self.playable(today)
                if place in (None, item.track, item.topic) and level in (None, item.difficulty)
            ]
            if len(self._candidates) >= MOST_CANDIDATES:  # yesterday's, in the main
                self._candidates.clear()
            self._candidates[place, today, level] = found
        return found

    @cached_property
    def _candidates(self) -> dict[tuple[str | None, date, int | None], list[Candidate]]:
        return {}

    def concepts_of(self, place: str, today: date) -> list[Concept]:
        """The concepts of a track or topic that may be shown; those of all where it is empty."""
        found = [concept for concept in self.concepts.values() if in_rotation(concept, today)]
        return [concept for concept in found if place in ("", concept.track, concept.topic)]

    def rings(self, place: str | None, today: date, level: int | None = None) -> list[list[Candidate]]:
        """The candidates of `place`, then those of its prerequisites, then of theirs."""
        rings = [self.candidates(place, today, level)]
        if place is None:
            return rings
        here = self._topics_in(place)
        done = set(here)
        for _depth in range(2):
            here = [p for topic in here for p in self.topics[topic].prereq if p in self.topics and p not in done]
            here = list(dict.fromkeys(here))
            done.update(here)
            rings.append([c for topic in here for c in self.candidates(topic, today, level)])
        return rings

    def _topics_in(self, place: str) -> list[str]:
        if place in self.tracks:
            return [topic.id for topic in self.tracks[place].topics]
        return [place] if place in self.topics else []

    def find_place(self, words: str) -> str | None:
        """The track or topic that `words` name, in any case: its id, the part after the dot, its title.

        A word of these will do where it belongs to one track or topic alone: `trees`.
        """
        wanted = " ".join(words.casefold().split())
        for place, names in self._names.items():
            if wanted in names:
                return place
        meant = [place for place, names in self._names.items() if wanted in _WORD.findall(" ".join(names))]
        return meant[0] if len(meant) == 1 else None

    @cached_property
    def _names(self) -> Mapping[str, tuple[str, ...]]:
        names: dict[str, tuple[str, ...]] = {
            track.id: (track.id, track.title.casefold()) for track in self.tracks.values()
        }
        for topic in self.topics.values():
            names[topic.id] = (topic.id, topic.id.split(".")[1], topic.title.casefold())
        return names

    def places(self, text: str) -> list[tuple[str, str]]:
        """Tracks and topics that `text` may be the beginning or a part of: pairs (id, title), best first."""
        wanted = text.casefold().strip()
        found = [
            (min(name.find(wanted) for name in names if wanted in name), place)
            for place, names in self._names.items()
            if any(wanted in name for name in names)
        ]
        return [(place, self.title(place)) for _at, place in sorted(found)]


def in_rotation(content: Content, today: date) -> bool:
    """Whether content may be shown: live, and its facts not overdue for review."""
    return content.status is Status.LIVE and not (content.volatile and content.volatile.due(today))


def load(root: Traversable | None = None, *, kept_in: Path | None = None) -> Library:
    """Read the content below `root` (default: what is shipped). Faulty items are left out and named in `faults`.

    What the files say is kept in the file `kept_in`, if given, so that the next start need not parse them.
    """
    faults: list[Fault] = []
    where: dict[str, str] = {}
    parsed = Parsed(kept_in)
    read = Reader(root or content_root(), faults, parsed.parse)
    tracks = {track.id: track for track in _tracks(read, faults)}
    items = _by_id(
        [
            *read.items("questions", "questions", read_item),
            *read.items("templates", "templates", read_item),
        ],
        faults,
        where,
    )
    concepts = _by_id(read.items("concepts", "concepts", Concept.model_validate), faults, where)
    challenges = _by_id(read.items("challenges", "challenges", Challenge.model_validate), faults, where)
    library = Library(
        tracks=tracks,
        items=items,
        concepts=concepts,
        challenges=challenges,
        misconceptions={str(name): str(sentence) for name, sentence in read.mapping("misconceptions.yaml").items()},
        repositories=tuple(read.entries("repos.yaml", "repos", Repository.model_validate)),
        faults=tuple(faults),
        files=where,
    )
    parsed.keep()
    return library


def _tracks(read: Reader, faults: list[Fault]) -> Sequence[Track]:
    tracks = read.entries("taxonomy.yaml", "tracks", Track.model_validate)
    if not tracks:
        faults.append(Fault("taxonomy.yaml", "", "names no track"))
    return tracks


def _by_id(found: Iterable[tuple[str, C]], faults: list[Fault], where: dict[str, str]) -> Mapping[str, C]:
    by_id: dict[str, C] = {}
    for path, content in found:
        if content.id in where:
            faults.append(Fault(path, content.id, f"the id is taken already, in {where[content.id]}"))
            continue
        where[content.id] = path
        by_id[content.id] = content
    return by_id
