"""`muniment config`: every setting with its value and meaning."""

from archive import config
from archive.cli import Call, archive_command


@archive_command()
def command(call: Call) -> None:
    """Show the settings: value, name in muniment.toml, meaning."""
    settings = config.load(call.home)
    values = {name: getattr(settings, name) for name in config.NAMES}
    inboxes = [str(inbox.path) for inbox in settings.inboxes]
    call.say(
        {**values, "home": settings.home, "inboxes": inboxes},
        f"home = {settings.home}",
        *(f"inbox = {path}" for path in inboxes),
        *(f"{name} = {value!r}\n    {config.HELP[name]}" for name, value in values.items()),
    )
