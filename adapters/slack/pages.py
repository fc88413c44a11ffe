"""The pages that a browser shows while the bot is added to a workspace: plain, readable by anything, no script."""

from collections.abc import Iterable
from html import escape

from aiohttp import web
from msgspec import Struct

from bot.chat.words import ENGLISH, languages, spoken
from bot.chat.words import gettext as _

AGAIN = "install"  # beside the page that Slack leads back to, whatever stands before both of them
HEADERS = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": (
        "default-src 'none'; style-src 'unsafe-inline'; img-src data:; "
        "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    ),
    "Referrer-Policy": "no-referrer",  # the address holds what Slack brought
    "X-Content-Type-Options": "nosniff",
    "X-Robots-Tag": "noindex",
}
_STYLE = (
    ":root{color-scheme:light dark}"
    "main{max-width:34rem;margin:10vh auto;padding:0 1rem;font:1.125rem/1.6 system-ui,sans-serif}"
    "h1{font-size:1.75rem;line-height:1.2}"
    "a.on{display:inline-block;padding:.6rem 1.2rem;border:2px solid;border-radius:.4rem;font-weight:600}"
)


class Page(Struct, frozen=True):
    """A heading, a paragraph, and where to go from there."""

    title: str
    words: str
    onward: str
    address: str


def install(address: str) -> Page:
    """Where an installation begins; `address` is Slack's page that asks for consent."""
    words = _(
        "A study group's bot for people who become machine-learning engineers. Slack asks you which workspace it is "
        "for, and shows what it may do there. It reads no channel and no direct message."
    )
    return Page(_("Add Batchmate to Slack"), words, _("Add to Slack"), address)


def added(workspace: str, address: str) -> Page:
    """The bot is there; `address` leads to the workspace."""
    words = _("It is ready. Invite it into the channel in which your group plays, and use its command there.")
    return Page(_("Batchmate is in {workspace} now").format(workspace=workspace), words, _("Open Slack"), address)


def failed(reason: str) -> tuple[int, Page]:
    """Why the bot was not added, by Slack's or bolt's own name for it, and the status that says so."""
    match reason:
        case "access_denied":
            status, title = 400, _("Batchmate was not added")
            words = _("You did not allow it, so nothing has changed and nothing was kept.")
        case "invalid_browser" | "invalid_state" | "missing_code" | "invalid_code":
            status, title = 400, _("This link is out of date")
            words = _(
                "It is good for ten minutes, once, and in the browser in which it was begun. This time nothing was "
                "added: please begin again."
            )
        case "organisation":
            status, title = 400, _("One workspace, please")
            words = _(
                "Batchmate is added to single workspaces, not to a whole organisation. Nothing was kept: please begin "
                "again, and choose a workspace at the upper right of Slack's page."
            )
        case "unreachable":
            status, title = 502, _("Slack did not finish it")
            words = _("Slack did not answer as it should. Nothing was kept: please try again in a minute.")
        case "ours":
            status, title = 500, _("Something went wrong here")
            words = _("It is our fault, and it stands in our log. Please try again in a minute.")
        case _unknown:
            status, title = 400, _("Batchmate was not added")
            words = _("Slack did not let it in, so nothing has changed and nothing was kept.")
    return status, Page(title, words, _("Begin again"), AGAIN)


def document(page: Page) -> str:
    """A page as HTML, in the language in force."""
    title, words, onward, address = map(escape, (page.title, page.words, page.onward, page.address))
    return (
        f'<!doctype html>\n<html lang="{escape(spoken())}">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f'<link rel="icon" href="data:,">\n<title>{title}</title>\n<style>{_STYLE}</style>\n</head>\n'
        f'<body>\n<main>\n<h1>{title}</h1>\n<p>{words}</p>\n<p><a class="on" href="{address}">{onward}</a></p>\n'
        "</main>\n</body>\n</html>\n"
    )


def response(status: int, html: str, cookies: Iterable[str] = ()) -> web.Response:
    """HTML for a browser, which keeps it to itself; cookies come back when Slack leads here, but from no other site."""
    made = web.Response(status=status, text=html, content_type="text/html", charset="utf-8", headers=HEADERS)
    for cookie in cookies:
        made.headers.add("Set-Cookie", f"{cookie}; SameSite=Lax")
    return made


def language(accepted: str) -> str:
    """The first language that a browser accepts and there is a catalogue for."""
    known = languages()
    wanted = (part.partition(";")[0].strip().partition("-")[0] for part in accepted.split(","))
    return next((tag for tag in wanted if tag in known), ENGLISH)
