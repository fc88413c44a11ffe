"""The declared commands as Discord wants them, and when Discord is brought to them."""

import re
from collections.abc import Iterator
from copy import deepcopy
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from hypothesis import given
from hypothesis import strategies as st

from adapters.discord import register
from bot.chat import words
from bot.chat.commands import Command, Option, OptionKind
from bot.chat.people import Role
from bot.features import FEATURES

COMMANDS = [command for feature in FEATURES for command in feature.commands]
NAME = re.compile(r"[-_'\w]{1,32}")
SUBCOMMAND, GROUP, STRING, INTEGER, BOOLEAN, MEMBER, CHANNEL = 1, 2, 3, 4, 5, 6, 7
MANAGE_SERVER = "32"
Payload = dict[str, Any]


def command(name: str, *options: Option, role: Role = Role.MEMBER) -> Command:
    """A command of that name."""
    return Command(name, f"About {name}", lambda _ctx, _options: None, options, role=role)


def parts(payload: Payload) -> Iterator[Payload]:
    """A command, its subcommands and all their options."""
    yield payload
    for option in payload.get("options", ()):
        yield from parts(option)


def faults(payload: Payload) -> list[str]:
    """Everything for which Discord would refuse a command."""
    found = []
    for part in parts(payload):
        name, options = part["name"], part.get("options", [])
        if not NAME.fullmatch(name) or name != name.lower():
            found.append(f"the name {name!r}")
        if not 1 <= len(part["description"]) <= 100:
            found.append(f"the description of {name}: {part['description']!r}")
        if len(options) > 25 or len({option["name"] for option in options}) < len(options):
            found.append(f"{len(options)} options of {name}")
        needed = [option.get("required", False) for option in options]
        if needed != sorted(needed, reverse=True):
            found.append(f"a required option of {name} after one that is not")
        kinds = {option["type"] for option in options}
        if kinds & {SUBCOMMAND, GROUP} and kinds - {SUBCOMMAND, GROUP}:
            found.append(f"{name} is both a command and a group")
        found += _choice_faults(part)
    return found


def _choice_faults(part: Payload) -> list[str]:
    choices = part.get("choices", [])
    found = []
    if len(choices) > 25 or len({choice["name"] for choice in choices}) < len(choices):
        found.append(f"{len(choices)} choices of {part['name']}")
    if choices and part.get("autocomplete"):
        found.append(f"{part['name']} has choices and completes")
    found += [
        f"the choice {c}" for c in choices if not 1 <= len(c["name"]) <= 100 or not 1 <= len(str(c["value"])) <= 100
    ]
    least, most = part.get("min_value", 0), part.get("max_value", 0)
    if not -(2**53) <= least <= most <= 2**53:
        found.append(f"the range of {part['name']}: {least} to {most}")
    return found


# --- what is declared ----------------------------------------------------------------------------------------------


def test_discord_takes_every_command_of_the_bot() -> None:
    """Names, descriptions, options and choices of all that the features declare are within Discord's limits."""
    payloads = register.payloads(COMMANDS)
    assert 1 <= len(payloads) <= 100
    assert {payload["name"] for payload in payloads} == {command.name.split()[0] for command in COMMANDS}
    assert [fault for payload in payloads for fault in faults(payload)] == []
    assert all(register._letters(payload) <= 8_000 for payload in payloads)


def test_no_command_is_lost() -> None:
    """Each declared command is found again by its words, with its options in their order."""
    found = {payload["name"]: payload for payload in register.payloads(COMMANDS)}
    for declared in COMMANDS:
        first, *rest = declared.name.split()
        part = found[first]
        for word in rest:
            part = next(option for option in part["options"] if option["name"] == word)
        assert part["description"] == declared.description
        assert [option["name"] for option in part["options"]] == [option.name for option in declared.options]


def test_options_of_every_kind() -> None:
    """Each kind has its type; numbers have their range, choices their labels, channels those that take posts."""
    payload = register.payloads(
        [
            command(
                "one",
                Option("words", "w", required=True),
                Option("number", "n", OptionKind.INTEGER, minimum=1, maximum=2**60),
                Option("choice", "c", OptionKind.CHOICE, choices=(("a", "the first"), ("b", "the second"))),
                Option("sure", "s", OptionKind.BOOLEAN),
                Option("who", "m", OptionKind.MEMBER),
                Option("where", "p", OptionKind.CHANNEL),
                Option("topic", "t", suggest=lambda _library, _text: []),
            )
        ]
    )[0]
    assert payload["options"] == [
        {"type": STRING, "name": "words", "description": "w", "required": True},
        {"type": INTEGER, "name": "number", "description": "n", "required": False, "min_value": 1, "max_value": 2**53},
        {
            "type": STRING,
            "name": "choice",
            "description": "c",
            "required": False,
            "choices": [{"name": "the first", "value": "a"}, {"name": "the second", "value": "b"}],
        },
        {"type": BOOLEAN, "name": "sure", "description": "s", "required": False},
        {"type": MEMBER, "name": "who", "description": "m", "required": False},
        {"type": CHANNEL, "name": "where", "description": "p", "required": False, "channel_types": [0, 5]},
        {"type": STRING, "name": "topic", "description": "t", "required": False, "autocomplete": True},
    ]


def test_options_that_are_needed_come_first() -> None:
    """Discord refuses a required option after one that is not, so they are put in front, in their order."""
    payload = register.payloads([command("one", Option("a", "a"), Option("b", "b", required=True), Option("c", "c"))])[
        0
    ]
    assert [option["name"] for option in payload["options"]] == ["b", "a", "c"]


def test_words_become_subcommands_and_groups() -> None:
    """Two words are a command with a subcommand, three one with a group; the order is that of the declarations."""
    declared = [command("b two"), command("a"), command("b one x"), command("b one y", Option("o", "o"))]
    first, second = register.payloads(declared)
    assert (first["name"], first["description"], first["options"]) == ("a", "About a", [])
    assert second["description"] == "b"
    assert second["options"] == [
        {"type": SUBCOMMAND, "name": "two", "description": "About b two", "options": []},
        {
            "type": GROUP,
            "name": "one",
            "description": "one",
            "options": [
                {"type": SUBCOMMAND, "name": "x", "description": "About b one x", "options": []},
                {
                    "type": SUBCOMMAND,
                    "name": "y",
                    "description": "About b one y",
                    "options": [{"type": STRING, "name": "o", "description": "o", "required": False}],
                },
            ],
        },
    ]


def test_a_name_of_four_words_is_refused() -> None:
    """Discord has a command, a group and a subcommand; a fourth word has no place, and is named."""
    with pytest.raises(ValueError, match="'a b c d' has more words than the three"):
        register.payloads([command("a b c d")])


def test_too_many_subcommands_are_refused() -> None:
    """A command holds 25 subcommands; one more is an error that names the command."""
    register.payloads([command(f"a s{at}") for at in range(25)])
    with pytest.raises(ValueError, match="/a has 26 subcommands"):
        register.payloads([command(f"a s{at}") for at in range(26)])


def test_too_many_words_are_refused() -> None:
    """A command with more than 8,000 characters in all its words is an error that names it and the number."""
    options = [Option(f"o{at}", "x" * 100) for at in range(4)]
    with pytest.raises(ValueError, match=r"/a has \d+ characters"):
        register.payloads([command(f"a s{at}", *options) for at in range(25)])


@pytest.mark.parametrize(
    ("roles", "needed"),
    [
        ((Role.MODERATOR, Role.MODERATOR), MANAGE_SERVER),
        ((Role.MEMBER, Role.MODERATOR), None),
        ((Role.MEMBER, Role.MEMBER), None),
    ],
)
def test_a_command_is_hidden_from_members_if_none_of_it_is_theirs(roles: tuple[Role, Role], needed: str | None) -> None:
    """Only where every subcommand is for moderators does Discord ask for Manage Server."""
    declared = [command("a x", role=roles[0]), command("a y", role=roles[1])]
    assert register.payloads(declared)[0]["default_member_permissions"] == needed


def test_every_command_is_offered_in_servers_and_in_direct_messages() -> None:
    """Where a command does not belong, its answer says where it does, so Discord offers it everywhere."""
    for payload in register.payloads(COMMANDS):
        assert (payload["type"], payload["contexts"], payload["integration_types"]) == (1, [0, 1], [0])


# --- what Discord has ----------------------------------------------------------------------------------------------


def given_back(payloads: list[Payload]) -> list[Payload]:
    """The commands as Discord gives them back: with ids, without what is the default, with nulls."""
    found = deepcopy(payloads)
    for at, payload in enumerate(reversed(found)):
        payload.update(
            id=str(100 + at),
            application_id="8",
            version=str(200 + at),
            dm_permission=True,
            name_localizations=None,
            description_localizations=None,
        )
        payload.pop("nsfw")
        for part in parts(payload):
            for name in ("required", "autocomplete"):
                if part.get(name) is False:
                    del part[name]
            if not part.get("options", True):
                del part["options"]
            for choice in part.get("choices", ()):
                choice["name_localizations"] = None
            if "channel_types" in part:
                part["channel_types"].reverse()
    return found[::-1]


def places(part: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """The way to every value of a payload that is no list or object."""
    pairs = part.items() if isinstance(part, dict) else enumerate(part)
    for key, value in pairs:
        if isinstance(value, dict | list) and value:
            yield from places(value, (*path, key))
        else:
            yield (*path, key)


def changed(payloads: list[Payload], path: tuple[Any, ...]) -> list[Payload]:
    """The payloads with the value at `path` made another one."""
    found: Any = deepcopy(payloads)
    part = found
    for key in path[:-1]:
        part = part[key]
    match part[path[-1]]:
        case bool(value):
            part[path[-1]] = not value
        case int(value):
            part[path[-1]] = value + 1
        case str(value):
            part[path[-1]] = f"{value}x"
        case None:
            part[path[-1]] = "8"
        case list():
            part[path[-1]] = [{"type": STRING, "name": "more", "description": "m"}]
    return found


OURS = register.payloads(
    [
        *COMMANDS,
        command("lab set it", Option("who", "m", OptionKind.MEMBER), Option("where", "p", OptionKind.CHANNEL)),
        command("lab go", role=Role.MODERATOR),
    ]
)


def test_what_discord_gives_back_is_no_difference() -> None:
    """Ids, versions, defaults left out, nulls and another order are no reason to write anything."""
    assert not register.differs(OURS, OURS)
    assert given_back(OURS) != OURS
    assert not register.differs(OURS, given_back(OURS))


def test_no_commands_at_all_differ_from_ours() -> None:
    """A bot that is new to Discord has its commands written."""
    assert register.differs(OURS, [])
    assert not register.differs([], [])


@given(st.sampled_from(list(places(OURS))))
def test_any_single_change_is_a_difference(path: tuple[Any, ...]) -> None:
    """Whatever one thing of ours Discord has otherwise, the commands are written again."""
    assert register.differs(OURS, changed(given_back_whole(), path))


def given_back_whole() -> list[Payload]:
    """Ours, with Discord's own additions but nothing left out, so that each of our values has its place."""
    return [{**payload, "id": "1", "version": "2", "dm_permission": True} for payload in deepcopy(OURS)]


@given(st.sampled_from(range(len(OURS))))
def test_a_command_too_few_or_too_many_is_a_difference(at: int) -> None:
    """A command that Discord lacks, or still has, is one."""
    assert register.differs(OURS, given_back(OURS[:at] + OURS[at + 1 :]))
    assert register.differs(OURS[:at] + OURS[at + 1 :], given_back(OURS))


def test_another_order_of_options_is_a_difference() -> None:
    """The order in which Discord offers options is ours to say."""
    options = (Option("a", "a"), Option("b", "b"))
    assert register.differs(
        register.payloads([command("one", *options)]), register.payloads([command("one", *reversed(options))])
    )


def test_other_channels_are_a_difference() -> None:
    """Which channels Discord offers is ours to say; in which order it tells of them is not."""
    place = Option("where", "p", OptionKind.CHANNEL)
    other = register.payloads([command("one", place)])
    for kinds, differ in (([5, 0], False), ([0, 2], True), ([0], True), ([], True)):
        other[0]["options"][0]["channel_types"] = kinds
        assert register.differs(register.payloads([command("one", place)]), other) is differ


def test_ids_by_name() -> None:
    """The ids with which commands become clickable, as numbers."""
    assert register.ids([{"id": "7", "name": "quiz"}, {"id": "8", "name": "mate"}]) == {"quiz": 7, "mate": 8}


# --- other languages -----------------------------------------------------------------------------------------------


@pytest.fixture
def german(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A second language, and a third one that Discord does not know."""
    for language in ("de", "tlh"):
        catalogue = Catalog(locale="de", charset="utf-8")
        catalogue.add("About one", "Über eins")
        catalogue.add("the first", "das erste")
        catalogue.add("long", "lang " * 40)
        written = BytesIO()
        write_mo(written, catalogue)
        folder = tmp_path / language / "LC_MESSAGES"
        folder.mkdir(parents=True)
        (folder / "batchmate.mo").write_bytes(written.getvalue())
    monkeypatch.setattr(words, "FOLDER", tmp_path)
    words._catalogue.cache_clear()
    yield
    words._catalogue.cache_clear()


@pytest.mark.usefixtures("german")
def test_a_second_language_is_shown_to_those_who_speak_it() -> None:
    """Descriptions and labels come with their translations, in the languages that Discord knows."""
    choice = Option("choice", "not translated", OptionKind.CHOICE, choices=(("a", "the first"),))
    payload = register.payloads([command("one", choice)])[0]
    assert payload["description_localizations"] == {"de": "Über eins"}
    assert payload["options"][0]["description_localizations"] == {"de": "not translated"}
    assert payload["options"][0]["choices"] == [
        {"name": "the first", "value": "a", "name_localizations": {"de": "das erste"}}
    ]
    below = register.payloads([command("one x"), Command("two x", "About one", lambda _ctx, _options: None)])[1]
    assert below["options"][0]["description_localizations"] == {"de": "Über eins"}


@pytest.mark.usefixtures("german")
def test_a_translation_that_is_too_long_is_cut() -> None:
    """A long translation costs its own end, not the registration of every command."""
    payload = register.payloads([command("one", Option("o", "long"))])[0]
    translated = payload["options"][0]["description_localizations"]["de"]
    assert len(translated) <= 100
    assert translated.endswith("…")


@pytest.mark.usefixtures("german")
def test_the_longest_language_counts() -> None:
    """Of each text the longest translation counts towards the letters of a command, as Discord counts them."""
    plain = register.payloads([command("one")])[0]
    longer = register.payloads([command("one", Option("o", "long"))])[0]
    translated = longer["options"][0]["description_localizations"]["de"]
    assert register._letters(longer) - register._letters(plain) == len("o") + len(translated)


@pytest.mark.usefixtures("german")
def test_a_new_translation_is_a_difference() -> None:
    """What Discord has without the translation is written again; with it, it is not."""
    payloads = register.payloads([command("one")])
    assert not register.differs(payloads, deepcopy(payloads))
    assert register.differs(payloads, [{**payloads[0], "description_localizations": None}])


def test_one_language_has_no_translations() -> None:
    """With English alone nothing is localised."""
    assert not any("localizations" in name for payload in OURS for part in parts(payload) for name in part)
