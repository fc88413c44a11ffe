"""The strings that travel with buttons, selects and forms."""


def make_token(action: str, args: tuple[str, ...]) -> str:
    """`action` and `args` as one string; an arg cannot hold a bar."""
    if any("|" in arg for arg in args):
        raise ValueError(f"a button's args cannot hold a bar: {args}")
    return "|".join((action, *args))


def read_token(token: str) -> tuple[str, tuple[str, ...]]:
    """What `make_token` was given."""
    action, *args = token.split("|")
    return action, tuple(args)
