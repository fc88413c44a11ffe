"""The stand-in as a process of its own: `python -m tests.fakes.slack_server --port 0 --teams 10`."""

import argparse
import asyncio
import json
import signal
import sys

from tests.fakes.slack_server.control import Control
from tests.fakes.slack_server.server import SlackServer


async def serve(options: argparse.Namespace) -> None:
    """Listen until the process is told to end."""
    server = SlackServer(options.teams, options.app_token, log_limit=options.log)
    server.delivery.url = options.url
    ended = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, ended.set)
    port = await server.start(options.port, Control(server).add_to)
    line = {
        "port": port,
        "api": server.api_url,
        "control": f"{server.base_url}/control",
        "app_token": server.app_token,
        "tokens": {team.id: team.token for team in server.world.teams.values()},
        "signing_secret": server.delivery.signing_secret,
        "client_id": server.oauth.client_id,
        "client_secret": server.oauth.client_secret,
    }
    sys.stdout.write(json.dumps(line) + "\n")
    sys.stdout.flush()
    await ended.wait()
    await server.stop()


def main() -> None:
    """Read the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--teams", type=int, default=1)
    parser.add_argument("--app-token", default="xapp-stand-in")
    parser.add_argument("--url", help="deliver by HTTP to this address instead of over websockets")
    parser.add_argument("--log", type=int, default=10_000, help="how many calls to keep")
    asyncio.run(serve(parser.parse_args()))


if __name__ == "__main__":
    main()
