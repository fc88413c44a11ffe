"""The files as files: the shape of the registers, the taxonomy's tree, misconceptions, and keys written twice."""

import re
from collections.abc import Iterator, Mapping
from graphlib import CycleError, TopologicalSorter
from importlib.resources.abc import Traversable
from typing import Any

import yaml

from bot.library import Library
from bot.library.reading import Fault, Reader, yaml_files
from bot.library.yaml12 import Loader, parse

TRACKS = 12
TOPICS = 134
FOLDERS = ("questions", "templates", "concepts", "challenges")
SENTENCE = (10, 300)
TAXONOMY, MISCONCEPTIONS, REPOS = "taxonomy.yaml", "misconceptions.yaml", "repos.yaml"
LISTS = {TAXONOMY: "tracks", REPOS: "repos"}
_NAME = re.compile(r"^m\.[a-z0-9]+(-[a-z0-9]+)*$")

Nodes = Mapping[str, yaml.Node | None]


def nodes_of(root: Traversable) -> Nodes:
    """Every content file as YAML has it, before any meaning; what cannot be read is left to `bot.library` to tell."""
    files = [(name, root.joinpath(name)) for name in (TAXONOMY, REPOS, MISCONCEPTIONS)]
    for folder in FOLDERS:
        files.extend(yaml_files(root, folder))
    found: dict[str, yaml.Node | None] = {}
    for path, file in files:
        try:
            found[path] = yaml.compose(file.read_bytes(), Loader)
        except (OSError, UnicodeDecodeError, yaml.YAMLError):
            continue
    return found


def shape_faults(nodes: Nodes) -> Iterator[Fault]:
    """What would keep the content from being read at all: a register of another shape."""
    for name in (TAXONOMY, REPOS, MISCONCEPTIONS):
        node = nodes.get(name)
        if node is None:
            continue
        if not isinstance(node, yaml.MappingNode):
            yield Fault(name, "", "E01: must hold a mapping")
            continue
        if (wanted := LISTS.get(name)) is None:
            continue
        lists = {str(key.value): value for key, value in node.value}
        if set(lists) != {wanted} or not isinstance(lists[wanted], yaml.SequenceNode):
            yield Fault(name, "", f"E01: must hold one list, `{wanted}:`, and nothing else")


def doubled_keys(nodes: Nodes) -> Iterator[Fault]:
    """Keys that stand twice in one mapping: readers of YAML keep the last one and say nothing."""
    for path, node in nodes.items():
        for key, line in _doubled(node):
            yield Fault(path, "", f"E01: the key {key} stands twice in one place (line {line})")


def _doubled(node: Any) -> Iterator[tuple[str, int]]:
    if isinstance(node, yaml.MappingNode):
        seen: set[str] = set()
        for key, value in node.value:
            name = str(key.value)
            if name in seen:
                yield name, key.start_mark.line + 1
            seen.add(name)
            yield from _doubled(value)
    elif isinstance(node, yaml.SequenceNode):
        for value in node.value:
            yield from _doubled(value)


def taxonomy_faults(library: Library) -> Iterator[Fault]:
    """What is wrong with the tree of topics."""
    if len(library.tracks) != TRACKS:
        yield Fault(TAXONOMY, "", f"E03: has {len(library.tracks)} tracks, not {TRACKS}")
    listed = [topic.id for track in library.tracks.values() for topic in track.topics]
    if len(listed) != TOPICS:
        yield Fault(TAXONOMY, "", f"E03: has {len(listed)} topics, not {TOPICS}")
    for twice in sorted({topic for topic in listed if listed.count(topic) > 1}):
        yield Fault(TAXONOMY, twice, "E02: stands there twice")
    for track in library.tracks.values():
        for topic in track.topics:
            if topic.id.split(".")[0] != track.id:
                yield Fault(TAXONOMY, topic.id, f"E03: stands in the track {track.id}")
            for name in topic.prereq:
                if name not in library.topics:
                    yield Fault(TAXONOMY, topic.id, f"E03: prereq: there is no topic {name}")
    try:
        TopologicalSorter({topic.id: topic.prereq for topic in library.topics.values()}).prepare()
    except CycleError as error:
        yield Fault(TAXONOMY, error.args[1][0], f"E03: its prerequisites go in a circle: {' > '.join(error.args[1])}")


def misconception_faults(root: Traversable) -> Iterator[Fault]:
    """What is wrong with the register of misconceptions."""
    least, most = SENTENCE
    for name, sentence in Reader(root, [], parse).mapping(MISCONCEPTIONS).items():
        if not isinstance(name, str) or not _NAME.match(name):
            yield Fault(MISCONCEPTIONS, str(name), "E10: a name is m. and words with hyphens")
        if not isinstance(sentence, str):
            yield Fault(MISCONCEPTIONS, str(name), "E10: must be one sentence in quotes")
        elif not least <= len(sentence) <= most:
            yield Fault(MISCONCEPTIONS, str(name), f"E10: has {len(sentence)} characters, not {least} to {most}")
