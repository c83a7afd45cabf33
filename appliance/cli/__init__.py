"""The command line `safespan`: one module per noun, loaded only when its command is asked for.

Loading late keeps programs apart: `names` runs the sensor (which may import scapy), `incidents` reads the store (which may not).
"""

from __future__ import annotations

import importlib

import click

# command -> module in this package; the attribute has the command's name
COMMANDS = {
    "audit": "audit",
    "bench": "bench",
    "devices": "records",
    "doctor": "doctor",
    "health": "records",
    "incidents": "records",
    "judge": "judge",
    "lamp": "lamp",
    "lists": "lists",
    "names": "names",
    "replay": "replay",
    "rules": "rules",
    "run": "run",
    "users": "users",
}


class LateGroup(click.Group):
    """A group whose commands are imported when they are used."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """The commands by name."""
        return sorted(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """The command of that name, or None."""
        if cmd_name not in COMMANDS:
            return None
        module = importlib.import_module(f"{__name__}.{COMMANDS[cmd_name]}")
        command = getattr(module, cmd_name)
        assert isinstance(command, click.Command)
        return command


@click.command(cls=LateGroup, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="safespan", prog_name="safespan")
def main() -> None:
    """Safespan listens at a school's switch and tells the head teacher, in plain words, what matters."""
