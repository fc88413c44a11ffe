"""What members do beside answering: board, name, statistics, zone, concept, challenges, help, front door, settings."""

import pytest

from tests.scenes.knowledge import Knowledge
from tests.stages.stage import Stage


async def earn(stage: Stage, knows: Knowledge, member: str, questions: int = 1) -> None:
    """A member answers questions rightly, one quiz each."""
    for _quiz in range(questions):
        await stage.say("quiz start topic:linear-regression level:2 questions:1", by=member)
        text = next(t for t in reversed(stage.private(member)) if "Level" in t)
        await knows.answer(stage, text, by=member)


async def test_the_board_lists_only_who_chose_to_be_shown(stage: Stage, knows: Knowledge) -> None:
    """By name, by a nickname, or not at all: the board keeps to it, and counts everyone for the ranks."""
    for member in ("ann", "bea", "cem"):
        await earn(stage, knows, member)
    await stage.press("By name", by="ann")
    await stage.press("By a nickname", by="bea")
    await stage.submit(by="bea", nickname="Quiet Fox")
    await stage.press("Not at all", by="cem")
    await stage.say("leaderboard", by="dag")
    board = stage.private("dag")[-1]
    assert "ann" in board
    assert "Quiet Fox" in board
    assert "bea" not in board
    assert "cem" not in board
    await stage.say("leaderboard", by="cem")
    assert "You are number 1 of 3, with 12 points from 1 answer." in stage.private("cem")[-1]


async def test_ties_share_a_rank(stage: Stage, knows: Knowledge) -> None:
    """Two members with equal points are both first; who has fewer comes third."""
    for member in ("ann", "bea"):
        await earn(stage, knows, member)
    await stage.say("quiz start topic:decision-trees questions:1", by="cem")
    await knows.answer(stage, stage.private("cem")[-1], by="cem")
    places = {}
    for member in ("ann", "bea", "cem"):
        await stage.say("leaderboard", by=member)
        places[member] = stage.private(member)[-1].split("You are number ")[1].split()[0]
    assert places == {"ann": "1", "bea": "1", "cem": "3"}


@pytest.mark.parametrize("period", ["day", "week", "month", "season", "all"])
async def test_every_period_has_a_board(stage: Stage, knows: Knowledge, period: str) -> None:
    """Points count on the board of the day, the week, the month, the season and for ever."""
    await earn(stage, knows, "ann")
    await stage.say(f"leaderboard {period}")
    assert "with 12 points" in stage.private("ann")[-1]


async def test_a_board_of_one_track(stage: Stage, knows: Knowledge) -> None:
    """Points count on their own track's board and on no other."""
    await earn(stage, knows, "ann")
    await stage.say("leaderboard topic:classical")
    assert "with 12 points" in stage.private("ann")[-1]
    await stage.say("leaderboard topic:maths")
    assert "Nobody has points here yet." in stage.private("ann")[-1]


async def test_the_days_board_starts_anew_at_the_groups_midnight(stage: Stage, knows: Knowledge) -> None:
    """The day is the group's own: past its midnight the day's board is empty, the week's is not."""
    await stage.say("settings set timezone Tokyo", by="mod", moderator=True)
    await earn(stage, knows, "ann")
    await stage.pass_time(7 * 3600)  # from 18:00 to 01:00 in Tokyo, still the same day in UTC
    await stage.say("leaderboard day")
    assert "Nobody has points here yet." in stage.private("ann")[-1]
    await stage.say("leaderboard week")
    assert "with 12 points" in stage.private("ann")[-1]


async def test_my_name_can_be_changed_later(stage: Stage, knows: Knowledge) -> None:
    """The choice of the first answer is not final."""
    await earn(stage, knows, "ann")
    await stage.say("my name nickname Red Panda")
    await stage.say("leaderboard", by="bea")
    assert "Red Panda" in stage.private("bea")[-1]
    await stage.say("my name hidden")
    await stage.say("leaderboard", by="bea")
    assert "Red Panda" not in stage.private("bea")[-1]


async def test_a_nickname_has_a_sensible_length(stage: Stage) -> None:
    """One letter is no nickname, and the sentence says what would be one."""
    await stage.say("my name nickname x")
    assert "A nickname has 2 to 20 characters, not 1." in stage.private("ann")[-1]


async def test_a_nickname_has_a_letter(stage: Stage) -> None:
    """Pictures alone are none, and that is what the sentence says."""
    await stage.say("my name nickname 🎉🎉🎉")
    assert "A nickname has a letter or a digit in it; “🎉🎉🎉” has none." in stage.private("ann")[-1]


@pytest.mark.parametrize("nickname", ["\u200b\u200b\u200b", "-- --", "\u202e\u202e"])
async def test_a_nickname_can_be_read(stage: Stage, nickname: str) -> None:
    """Invisible and turning characters, or marks alone, are no nickname."""
    await stage.say(f"my name nickname {nickname}")
    assert "The board shows you as" not in stage.private("ann")[-1]


async def test_a_shown_member_stands_on_the_board_below_many_who_are_not(stage: Stage, knows: Knowledge) -> None:
    """However many hidden members have more points, who chose to be shown is listed, with the rank among all."""
    for number in range(12):
        await earn(stage, knows, f"quiet{number}")
    await stage.say("quiz start topic:decision-trees questions:1", by="open")
    await knows.answer(stage, stage.private("open")[-1], by="open")
    await stage.say("my name name", by="open")
    await stage.say("leaderboard", by="ann")
    row = next(line for line in stage.private("ann")[-1].splitlines() if "open" in line)
    assert row.split()[0] == "13"


async def test_a_form_asks_only_for_what_is_left(stage: Stage) -> None:
    """What was given with the command is kept; the form asks for the rest."""
    await stage.say("settings set value:Oslo", by="mod", moderator=True)
    await stage.submit(by="mod", setting="timezone")
    await stage.say("settings show", by="mod")
    assert "Europe/Oslo" in stage.private("mod")[-1]


async def test_the_number_on_a_filtered_ladder_is_the_challenges_own(stage: Stage) -> None:
    """A challenge has one number, whichever part of the ladder is listed."""
    await stage.say("challenge list level:2")
    assert "3   2  Mend a sentence" in stage.private("ann")[-1]
    await stage.say("challenge show 3")
    assert "Mend a sentence" in stage.private("ann")[-1]


async def test_statistics_by_track(stage: Stage, knows: Knowledge) -> None:
    """What was answered, how much of it rightly, and what is worth a second look."""
    await earn(stage, knows, "ann")
    await stage.say("quiz start topic:vectors questions:1")
    await knows.answer(stage, stage.private("ann")[-1], right=False)
    await stage.say("my stats")
    text = stage.private("ann")[-1]
    assert "2 answers, 50% right." in text
    assert "Review what I missed (1)" in text


async def test_a_time_zone_by_city_by_name_and_by_mistake(stage: Stage) -> None:
    """A city is enough; a word that fits nothing is refused with an example."""
    await stage.say("my timezone tokyo")
    assert "You read times in Asia/Tokyo" in stage.private("ann")[-1]
    await stage.say("my timezone Europe/Berlin")
    assert "You read times in Europe/Berlin" in stage.private("ann")[-1]
    await stage.say("my timezone atlantis")
    assert "There is no time zone “atlantis”" in stage.private("ann")[-1]


async def test_moments_are_shown_in_the_members_own_zone(stage: Stage, knows: Knowledge) -> None:
    """After a member has set a zone, times are shown in it."""
    await stage.say("my timezone tokyo")
    await stage.say("daily")
    assert "2026-03-11 09:00 (Asia/Tokyo)" in stage.private("ann")[-1]


async def test_a_concept_of_a_topic_and_its_question(stage: Stage, knows: Knowledge) -> None:
    """A concept explains, and asks its own question on request."""
    await stage.say("concept topic:vectors")
    assert "How long is a vector?" in stage.private("ann")[-1]
    await stage.press("Ask me about it")
    assert knows.question(stage.private("ann")[-1]).id == "q.maths.euclidean-norm"


async def test_concepts_change_with_the_day_until_all_were_shown(stage: Stage) -> None:
    """The concept of the day does not repeat before all have had their day."""
    titles = set()
    for _day in range(3):
        await stage.say("concept")
        titles.add(stage.private("ann")[-1].split("\n")[0])
        await stage.pass_time(24 * 3600)
    assert len(titles) == 3


async def test_the_ladder_and_one_of_its_rungs(stage: Stage) -> None:
    """The challenges in order of their level; one of them by number and by name."""
    await stage.say("challenge list")
    assert stage.private("ann")[-1].index("Set up your machine") < stage.private("ann")[-1].index("Mend a sentence")
    await stage.say("challenge show 1")
    assert "Set up your machine" in stage.private("ann")[-1]
    await stage.say("challenge show mend a")
    assert "Mend a sentence" in stage.private("ann")[-1]
    await stage.say("challenge show 99")
    assert "There is no challenge “99”" in stage.private("ann")[-1]


async def test_a_missing_option_is_asked_for(stage: Stage) -> None:
    """A command without what it needs opens its form; the form does what the whole command would have done."""
    await stage.say("challenge show")
    assert stage.form("ann") == ["challenge"]
    await stage.submit(challenge="2")
    assert "Norms by hand" in stage.private("ann")[-1]


async def test_help_comes_from_the_declarations(stage: Stage) -> None:
    """Help lists what a member may say, and explains one command; moderators see theirs too."""
    await stage.say("help")
    assert "quiz start" in stage.private("ann")[-1]
    assert "settings set" not in stage.private("ann")[-1]
    await stage.say("help", by="mod", moderator=True)
    assert "settings set" in stage.private("mod")[-1]
    await stage.say("help quiz start")
    assert "questions:" in stage.private("ann")[-1]
    await stage.say("help quiz strat")
    assert "quiz start" in stage.private("ann")[-1]


@pytest.mark.parametrize("words", ["setup", "schedule add", "/mate setup", "open sesame"])
async def test_help_tells_members_what_is_not_for_them(stage: Stage, words: str) -> None:
    """A moderators' command is none that does not exist; moderators read how it is said."""
    await stage.say(f"help {words}")
    expected = "There is no command" if words == "open sesame" else "That is for the group's moderators."
    assert expected in stage.private("ann")[-1]
    await stage.say("help setup", by="mod", moderator=True)
    assert "zone:" in stage.private("mod")[-1]


@pytest.mark.parametrize("words", ["quiz start", "/quiz start", "/mate quiz start", "/batch quiz start"])
async def test_help_takes_a_command_as_it_is_typed_anywhere(stage: Stage, words: str) -> None:
    """The command may be named as some platform has it typed: with a slash, and with a word before it."""
    await stage.say(f"help {words}")
    assert "questions:" in stage.private("ann")[-1]
    await stage.say("help /mate")
    assert "questions:" not in stage.private("ann")[-1]
    assert "mate" in stage.private("ann")[-1]
    await stage.say("help /mate quiz")
    assert "quiz topics" in stage.private("ann")[-1]


async def test_the_front_door_leads_everywhere(stage: Stage, knows: Knowledge) -> None:
    """From the front door every place is one press away, and what is open waits there."""
    await stage.say("mate")
    assert "Today's question waits for you." in stage.private("ann")[-1]
    for label, expected in (("Board", "Board:"), ("My progress", "Your progress"), ("Challenges", "The ladder")):
        await stage.press(label)
        assert expected in stage.private("ann")[-1]
    await stage.press("Quiz me")
    await stage.say("mate")
    await stage.press("Go on with my quiz")
    assert "Question 1 of 5" in stage.private("ann")[-1]


async def test_moderators_set_the_groups_zone(stage: Stage) -> None:
    """A moderator sets the group's zone; a member cannot."""
    await stage.say("settings set timezone Berlin", by="bea")
    assert "That is for the group's moderators." in stage.private("bea")[-1]
    await stage.say("settings set timezone Berlin", by="mod", moderator=True)
    await stage.say("settings show", by="bea")
    assert "Europe/Berlin" in stage.private("bea")[-1]


async def test_a_named_member_becomes_a_moderator(stage: Stage) -> None:
    """Whom the setting names may moderate; after it is reset, no longer."""
    await stage.say("settings set moderators bea", by="mod", moderator=True)
    await stage.say("settings set timezone Oslo", by="bea")
    assert "Europe/Oslo" in stage.private("bea")[-1]
    await stage.say("settings set moderators none", by="mod", moderator=True)
    await stage.say("settings set timezone Paris", by="bea")
    assert "That is for the group's moderators." in stage.private("bea")[-1]


async def test_a_setting_that_cannot_be_is_refused(stage: Stage) -> None:
    """A language without a catalogue and an unknown setting are refused in one sentence."""
    await stage.say("settings set language klingon", by="mod", moderator=True)
    assert "There is no language “klingon” yet" in stage.private("mod")[-1]
    await stage.say("settings set colour blue", by="mod", moderator=True)
    assert "not “colour”" in stage.private("mod")[-1]
