"""The command line: run, playground, check, inspect, match, backup, restore."""

import argparse
import asyncio
import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from bot.config import ConfigError, Settings, load_settings
from bot.domain.errors import NewsbellError

UNUSED = ("pygments", "cryptography")
"""What libraries import if it is there, as among developers: httpx for its own command line, and
python-telegram-bot for Telegram Passport. 11 MB."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command; returns the exit status: 0 well, 1 a fault, 2 a wrong call or setting."""
    options = _parser().parse_args(arguments)
    try:
        settings = load_settings(os.environ, Path(".env"))
        status: int = options.command(options, settings)
    except ConfigError as error:
        print(error, file=sys.stderr)
        return 2
    except NewsbellError as error:
        print(f"newsbell: {error}", file=sys.stderr)
        return 1
    except (KeyboardInterrupt, BrokenPipeError):  # Ctrl-C, or `| head` has seen enough
        return 130
    return status


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="newsbell", description="A Telegram bot that rings when your news breaks."
    )
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    run = commands.add_parser("run", help="start the bot; without a token, the playground")
    run.set_defaults(command=_run)
    playground = commands.add_parser("playground", help="the whole bot on this machine, no token")
    playground.set_defaults(command=_playground)
    check = commands.add_parser("check", help="say whether the settings are right, and show them")
    check.set_defaults(command=_check)
    inspect = commands.add_parser("inspect", help="show what Newsbell makes of a source")
    inspect.add_argument("targets", nargs="+", metavar="URL|FILE")
    inspect.add_argument("--json", action="store_true", help="one line of JSON per target")
    inspect.set_defaults(command=_inspect)
    match = commands.add_parser("match", help="which entries of these feeds a query hits, and why")
    match.add_argument("query", metavar="QUERY")
    match.add_argument("targets", nargs="+", metavar="FILE")
    match.add_argument("--json", action="store_true", help="one line of JSON per entry")
    match.set_defaults(command=_match)
    backup = commands.add_parser("backup", help="copy the database to FILE while the bot runs")
    backup.add_argument("file", type=Path, metavar="FILE")
    backup.set_defaults(command=_backup)
    restore = commands.add_parser("restore", help="put a back-up in the database's place")
    restore.add_argument("file", type=Path, metavar="FILE")
    restore.set_defaults(command=_restore)
    return parser


def _run(_options: argparse.Namespace, settings: Settings) -> int:
    # python-telegram-bot warns at every flood wait unless told that timedeltas are wanted
    os.environ.setdefault("PTB_TIMEDELTA", "1")
    leave_out(UNUSED)
    from bot.names.table import shipped_names  # noqa: PLC0415 - see below

    shipped_names()  # first: what is imported later takes the room that reading them leaves
    from bot import app  # noqa: PLC0415 - half a second of imports that the tools do not need

    return app.main(settings)


def leave_out(names: Sequence[str]) -> None:
    """Let imports of these fail, as they do where they are not installed."""
    modules: dict[str, Any] = sys.modules  # None says so to the import system
    for name in names:
        modules.setdefault(name, None)


def _playground(options: argparse.Namespace, settings: Settings) -> int:
    if settings.telegram_bot_token is not None:
        print(
            "newsbell: the playground takes no token, and TELEGRAM_BOT_TOKEN is set. "
            "Use `newsbell run` for the real bot, or unset it.",
            file=sys.stderr,
        )
        return 2
    return _run(options, settings)


def _check(_options: argparse.Namespace, settings: Settings) -> int:
    from bot.check import check  # noqa: PLC0415 - see _run

    return asyncio.run(check(settings))


def _inspect(options: argparse.Namespace, settings: Settings) -> int:
    from bot import tools  # noqa: PLC0415 - see _run

    return asyncio.run(tools.inspect_targets(options.targets, settings, as_json=options.json))


def _match(options: argparse.Namespace, settings: Settings) -> int:
    from bot import tools  # noqa: PLC0415 - see _run

    return asyncio.run(
        tools.match_targets(options.query, options.targets, settings, as_json=options.json)
    )


def _backup(options: argparse.Namespace, settings: Settings) -> int:
    from bot import tools  # noqa: PLC0415 - see _run

    return tools.back_up_to(options.file, settings)


def _restore(options: argparse.Namespace, settings: Settings) -> int:
    from bot import tools  # noqa: PLC0415 - see _run

    return tools.restore_from(options.file, settings)


if __name__ == "__main__":
    sys.exit(main())
