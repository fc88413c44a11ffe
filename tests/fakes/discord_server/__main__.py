"""The stand-in as a process of its own: `python -m tests.fakes.discord_server --port 0 --guilds 10`."""

import argparse
import asyncio
import json
import signal
import sys

from tests.fakes.discord_server.control import Control
from tests.fakes.discord_server.server import DiscordServer


async def serve(options: argparse.Namespace) -> None:
    """Listen until the process is told to end."""
    server = DiscordServer(options.token, options.guilds, log_limit=options.log)
    server.gateway.shards = options.shards
    ended = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, ended.set)
    port = await server.start(options.port, Control(server).add_to)
    line = {"port": port, "api": server.url, "control": f"http://127.0.0.1:{port}/control", "token": server.token}
    sys.stdout.write(json.dumps(line) + "\n")
    sys.stdout.flush()
    await ended.wait()
    await server.stop()


def main() -> None:
    """Read the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--guilds", type=int, default=1)
    parser.add_argument("--shards", type=int, default=1)
    parser.add_argument("--token", default="stand-in-token")
    parser.add_argument("--log", type=int, default=10_000, help="how many requests to keep")
    asyncio.run(serve(parser.parse_args()))


if __name__ == "__main__":
    main()
