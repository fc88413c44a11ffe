"""The strings that travel with buttons, selects and forms."""

WITHIN = "in"  # stands before the action, with the id of a group
LONGEST_ID = 18  # digits


def make_token(action: str, args: tuple[str, ...]) -> str:
    """`action` and `args` as one string; an arg cannot hold a bar."""
    if any("|" in arg for arg in args):
        raise ValueError(f"a button's args cannot hold a bar: {args}")
    return "|".join((action, *args))


def read_token(token: str) -> tuple[str, tuple[str, ...]]:
    """What `make_token` was given."""
    action, *args = token.split("|")
    return action, tuple(args)


def token_within(group: int, action: str, args: tuple[str, ...]) -> tuple[str, tuple[str, ...]]:
    """Action and args of a token that is about that group, wherever it is pressed in private."""
    return WITHIN, (str(group), action, *args)


def read_within(token: str) -> tuple[int, str]:
    """The group that a token is about, 0 where it names none, and the token without that."""
    if not token.startswith(f"{WITHIN}|"):
        return 0, token
    _action, parts = read_token(token)
    if len(parts) < 2 or not parts[0].isdecimal() or len(parts[0]) > LONGEST_ID:
        return 0, token
    return int(parts[0]), make_token(parts[1], parts[2:])
