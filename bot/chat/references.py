"""What members and platforms write for a channel or a role, to the name that it goes by."""

import re

_CHANNEL = re.compile(r"<#(\w+)(?:\|[^<>]*)?>|#?(\w[\w.-]{0,99})")  # `<#C0123|study>`, `#study` or `study`
_ROLE = re.compile(r"<(?:@(&\d+)|!subteam\^(\w+)|!(\w+))(?:\|[^<>]*)?>")  # `<@&12>`, `<!subteam^S12|@study>`, `<!here>`


def channel_in(value: str) -> str | None:
    """The channel that `value` names, as `#study`, `study` or `<#C0123|study>`; None for what cannot be one."""
    found = _CHANNEL.fullmatch(value)
    return (found[1] or found[2]) if found else None


def role_in(value: str) -> str:
    """The role that `value` names, as `@learners`, `learners` or as a platform writes the one that was chosen."""
    found = _ROLE.fullmatch(value)
    return next(filter(None, found.groups())) if found else value.removeprefix("@")
