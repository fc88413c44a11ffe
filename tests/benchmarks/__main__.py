"""`python -m tests.benchmarks [press] [boards] [start] [loading] [day] [wave] [discord] [slack]`: figures, or all.

`day --whole` measures 100,000 groups, for an hour and more, instead of a sample.
"""

import os
import sys

from tests.benchmarks import boards, day, discord, loading, press, slack, start, wave

ALL = {
    "press": press.measure,
    "boards": boards.measure,
    "start": start.measure,
    "loading": loading.measure,
    "day": day.measure,
    "wave": wave.measure,
    "discord": discord.measure,
    "slack": slack.measure,
}


def main() -> None:
    """Measure and print, one figure after another."""
    wanted = [one for one in sys.argv[1:] if one != "--whole"] or list(ALL)
    if unknown := set(wanted) - set(ALL):
        sys.exit(f"There is no benchmark {', '.join(sorted(unknown))}; there are {', '.join(ALL)}.")
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)  # programs find themselves compiled, as on anybody's machine
    for name in wanted:
        for figure in ALL[name]():
            print(figure.line(), flush=True)  # noqa: T201 (printing is what this is for)


if __name__ == "__main__":
    main()
