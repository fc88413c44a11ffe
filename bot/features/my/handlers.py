"""A member's own affairs."""

from collections import defaultdict
from collections.abc import Collection

from bot.chat.arguments import Options, quoted
from bot.chat.presses import Args, StaleTokenError
from bot.chat.reading import read_option
from bot.chat.replies import Refusal, Reply
from bot.chat.unseen import name_as_seen
from bot.chat.words import gettext as _
from bot.chat.words import say
from bot.context import Context
from bot.features import drawing, playing, question_cards
from bot.features.my import cards
from bot.features.reminders import handlers as reminders
from bot.library import Library
from bot.questions.item import Item
from bot.rules import calendar
from bot.rules.calendar import Period, board_key
from bot.store import answers, people, rounds, scores, streaks
from bot.store.answers import Tally

SHORTEST, LONGEST = 2, 20  # letters of a nickname
NICKNAME = "nickname"  # the option, the field, and the way of being shown


def stats(ctx: Context, options: Options) -> Reply:  # noqa: ARG001 (the command takes none)
    """Answered and right by track, and my place this season."""
    by_track: dict[str, list[int]] = defaultdict(lambda: [0, 0])
    for content, tally in answers.tallies(ctx.db, ctx.me.person_id, ctx.group.id).items():
        track = by_track[content.split(".")[1]]
        track[0] += tally.answered
        track[1] += tally.right
    tallies = {track: Tally(answered, right) for track, (answered, right) in by_track.items()}
    return Reply(card=ctx.naming(cards.stats(tallies, season_place(ctx), len(to_review(ctx)))))


def to_review(ctx: Context, secret: Collection[str] | None = None) -> list[Item]:
    """What I got wrong the last time, as far as it can be asked again now; `secret` as in `drawing.still_playable`."""
    missed = answers.missed(ctx.db, ctx.me.person_id)
    return drawing.still_playable(ctx, missed, secret) if missed else []


def season_place(ctx: Context) -> tuple[int, int, int] | None:
    """My rank, points and answers of this season, if I have any."""
    board = board_key(ctx.group.id, Period.SEASON, ctx.today, ctx.group.season)
    return scores.mine(ctx.db, board, ctx.me.person_id)


def answered_in_all(ctx: Context) -> Tally:
    """What I answered in this group, all of it together."""
    found = answers.tallies(ctx.db, ctx.me.person_id, ctx.group.id).values()
    return Tally(sum(tally.answered for tally in found), sum(tally.right for tally in found))


def streak(ctx: Context, options: Options) -> Reply:  # noqa: ARG001 (the command takes none)
    """My days in a row, whether today is one of them, and which days are excused."""
    return Reply(card=cards.streak(streaks.standing(ctx.db, ctx.me.person_id, ctx.now, ctx.group.zone)))


def timezone(ctx: Context, options: Options) -> Reply:
    """Show or set the zone in which this person reads times."""
    zone = read_option(options, "zone", find_zone, "")
    if not zone:
        return Reply(card=cards.timezone(ctx.zone, ctx.now, own=ctx.me.zone is not None))
    streaks.move(ctx.db, [ctx.me.person_id], ctx.zone, zone, ctx.now)
    reminders.move(ctx, zone)
    people.set_person_zone(ctx.db, ctx.me.person_id, zone)
    return Reply(card=cards.timezone(zone, ctx.now, own=True), zone=zone)


def find_zone(words: str) -> str:
    """The IANA zone that `words` name: itself, or the one zone of a city. Raises Refusal."""
    if calendar.is_zone(words):
        return words
    found = calendar.find_zones(words)
    wanted = words.casefold().replace(" ", "_")
    exact = [zone for zone in found if zone.casefold() == wanted]
    exact = exact or [zone for zone in found if zone.casefold().rpartition("/")[2] == wanted]
    if len(exact) == 1:
        return exact[0]
    if found:
        names = ", ".join(found[:4])
        raise Refusal(
            _("{words} fits several zones: {names}. Say one of them.").format(words=quoted(words), names=names)
        )
    raise Refusal(
        _("There is no time zone {words}. Say one such as Europe/Berlin or America/New_York.").format(
            words=quoted(words)
        )
    )


def suggest_zone(library: Library, text: str) -> list[tuple[str, str]]:  # noqa: ARG001 (zones need no library)
    """Autocomplete for zones."""
    return [(zone, zone) for zone in calendar.find_zones(text)]


def last(ctx: Context, options: Options) -> Reply:  # noqa: ARG001 (the command takes none)
    """The last question that I answered, revealed again."""
    play_id = answers.newest(ctx.db, ctx.me.person_id, ctx.group.id)
    play = rounds.find_play(ctx.db, ctx.group.id, play_id) if play_id else None
    mine = answers.mine(ctx.db, play.id, ctx.me.account_id) if play else None
    if play is None or mine is None:
        raise Refusal(
            _("You have answered nothing here yet. Say {command} to begin.").format(command=say("quiz start"))
        )
    shown = playing.shown_of(play)
    note = question_cards.earned(mine.points)
    grade = playing.grade(shown, mine.response)
    topic = ctx.library.title(shown.item.topic)
    return Reply(card=question_cards.reveal(play, shown, topic, mine.response, grade, note=note))


def name(ctx: Context, options: Options) -> Reply:
    """How the group's boards show me."""
    how = options.text("show") or ""
    if how == NICKNAME:
        return _call_me(ctx, options.text(NICKNAME) or "")
    return _appear(ctx, how)


def appear(ctx: Context, args: Args) -> Reply:
    """By name or not at all, from the buttons."""
    how = args.word(0)
    if how not in ("name", "hidden"):
        raise StaleTokenError
    return _appear(ctx, how)


def _appear(ctx: Context, how: str) -> Reply:
    shown = _own_name(ctx) if how == "name" else ""
    people.set_visibility(ctx.db, ctx.group.id, ctx.me.person_id, how, shown)
    return Reply(card=ctx.naming(cards.appears(shown)))


def _own_name(ctx: Context) -> str:
    """The name that the platform shows in the group; in private, the one that is known from there."""
    if ctx.me.visibility == "name" and ctx.me.shown_name:
        return ctx.me.shown_name
    return ctx.actor.name if ctx.actor else ctx.me.name


def nickname_form(ctx: Context, args: Args) -> Reply:  # noqa: ARG001 (the button carries nothing)
    """The form for a nickname."""
    return Reply(form=cards.nickname_form())


def nicknamed(ctx: Context, args: Args) -> Reply:
    """The nickname from the form."""
    return _call_me(ctx, args.fields.get(NICKNAME, ""))


def _call_me(ctx: Context, words: str) -> Reply:
    nickname = " ".join(name_as_seen(words).split())
    if not SHORTEST <= len(nickname) <= LONGEST:
        raise Refusal(
            _("A nickname has {low} to {high} characters, not {found}.").format(
                low=SHORTEST, high=LONGEST, found=len(nickname)
            ),
            NICKNAME,
        )
    if not any(c.isalnum() for c in nickname):
        none = _("A nickname has a letter or a digit in it; {words} has none.")
        raise Refusal(none.format(words=quoted(nickname)), NICKNAME)
    people.set_visibility(ctx.db, ctx.group.id, ctx.me.person_id, NICKNAME, nickname)
    return Reply(card=ctx.naming(cards.appears(nickname)))
