"""E-mail through the company's own mail server."""

import smtplib
import ssl
from collections.abc import Mapping
from dataclasses import dataclass
from email.message import EmailMessage

from archive.errors import Misconfigured
from archive.notify import PERSON, Channel, Message, Undelivered, needed

REACH = PERSON
SETTINGS: Mapping[str, str] = {
    "host": "Name of the mail server.",
    "port": "Port; 587 if not given.",
    "security": "starttls (if not given), tls, or none inside a trusted network.",
    "user": "Name to sign in with; empty for none.",
    "password": "Password to sign in with.",
    "sender": "Address the messages come from.",
}

TIMEOUT_S = 20.0


@dataclass(frozen=True, slots=True)
class Email:
    host: str
    port: int
    security: str
    user: str
    password: str
    sender: str

    def send(self, message: Message) -> None:
        if not message.address:
            return
        mail = EmailMessage()
        mail["From"], mail["To"], mail["Subject"] = self.sender, message.address, message.subject
        # Two of the same kind would be one to a mail program that knows this name.
        mail["Message-ID"] = f"<{message.id}@muniment.invalid>"
        mail.set_content(message.text)
        try:
            server = self._connected()
        except (OSError, smtplib.SMTPException) as error:
            raise Undelivered(f"The mail server cannot be reached ({type(error).__name__}).") from None
        with server:
            try:
                server.send_message(mail)
            except (smtplib.SMTPRecipientsRefused, smtplib.SMTPResponseException) as error:
                raise Undelivered(f"The mail server refuses the message ({type(error).__name__}).") from None

    def _connected(self) -> smtplib.SMTP:
        if self.security == "tls":
            server = smtplib.SMTP_SSL(self.host, self.port, timeout=TIMEOUT_S, context=ssl.create_default_context())
        else:
            server = smtplib.SMTP(self.host, self.port, timeout=TIMEOUT_S)
        try:
            if self.security == "starttls":
                server.starttls(context=ssl.create_default_context())
            if self.user:
                server.login(self.user, self.password)
        except BaseException:
            server.close()
            raise
        return server


def open_channel(settings: Mapping[str, str]) -> Channel:
    security = settings.get("security", "") or "starttls"
    if security not in ("starttls", "tls", "none"):
        raise Misconfigured("[channels.email] security is starttls, tls or none.")
    port = settings.get("port", "") or "587"
    if not port.isdecimal() or not 0 < int(port) < 65536:
        raise Misconfigured("[channels.email] port is a number from 1 to 65535.")
    return Email(
        needed("email", settings, "host"),
        int(port),
        security,
        settings.get("user", ""),
        settings.get("password", ""),
        needed("email", settings, "sender"),
    )
