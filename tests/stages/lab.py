"""A feature of the tests alone: it posts in the channel that it is given, and names who asked."""

from bot.chat.arguments import Options
from bot.chat.cards import Card, Text, text
from bot.chat.commands import Action, Command, Feature, Option, OptionKind
from bot.chat.forms import Field, FieldKind, Form
from bot.chat.inline import Mention, Place, Plain
from bot.chat.people import Account, Space
from bot.chat.presses import Args
from bot.chat.replies import Reply
from bot.context import Context


def post(ctx: Context, options: Options) -> Reply:
    """Post in the channel that was given, to the member who asks."""
    me = Mention(Account(ctx.here.platform, ctx.actor.user if ctx.actor else ""))
    place = Space(ctx.here.platform, ctx.here.workspace, options.text("channel"))
    ctx.post(f"lab:{place.channel}", lambda: Card("Morning", (Text((Plain("Up, "), me, Plain("!"))),)), place)
    return Reply(card=Card("Done", (Text((Plain("Posted in "), Place(place.channel or ""))),)))


def ask(_ctx: Context, _options: Options) -> Reply:
    """A feature's own form with a channel in it."""
    return Reply(form=Form("Where", "lab.there", (), (Field("place", "Place", FieldKind.CHANNEL),)))


def there(_ctx: Context, args: Args) -> Reply:
    """What came of it."""
    return Reply(card=Card("There", (text(f"channel {args.fields['place']}"),)))


CHANNEL = Option("channel", "Where.", OptionKind.CHANNEL, required=True)
LAB = Feature(
    "lab",
    commands=(
        Command("lab post", "Post there.", post, (CHANNEL,)),
        Command("lab ask", "Ask where.", ask, opens_form=True, reads=True),
    ),
    actions=(Action("lab.there", there, "lab ask"),),
)
