"""A server for mail: keeps each mail that it takes, taken apart by Python's library, as a line of JSON in a folder.

smtp.py FOLDER PORT plain|starttls|tls KEYS
"""

import asyncio
import email
import email.policy
import json
import ssl
import sys

from aiosmtpd.controller import UnthreadedController
from aiosmtpd.smtp import AuthResult

folder, port, kind, keys = sys.argv[1], int(sys.argv[2]), sys.argv[3], sys.argv[4]


class Handler:
    async def handle_DATA(self, server, session, envelope):
        mail = email.message_from_bytes(envelope.content, policy=email.policy.default)
        text, html = mail.get_body(("plain",)), mail.get_body(("html",))
        try:
            refused = open(folder + "/refuses").read()
        except OSError:
            refused = ""
        if refused and refused in mail["subject"]:
            return "554 not this one"
        seen = {
            "subject": mail["subject"],
            "to": mail["to"],
            "sender": envelope.mail_from,
            "recipients": envelope.rcpt_tos,
            "headers": mail.keys(),
            "text": text.get_content().replace("\r\n", "\n"),
            "html": html and html.get_content(),
            "tls": session.ssl is not None,
            "login": session.auth_data,
        }
        with open(folder + "/mails", "a") as mails:
            mails.write(json.dumps(seen) + "\n")
        return "250 kept"


def authenticate(server, session, envelope, mechanism, data):
    if data.login == b"me" and data.password == b"passw0rd":
        return AuthResult(success=True, auth_data="me")
    return AuthResult(success=False, handled=False)


context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
context.load_cert_chain(keys + "/cert.pem", keys + "/key.pem")
options = {
    "plain": {},
    "starttls": {"tls_context": context, "require_starttls": True, "auth_required": True, "authenticator": authenticate},
    "tls": {"ssl_context": context, "auth_required": True, "auth_require_tls": False, "authenticator": authenticate},
}[kind]
loop = asyncio.new_event_loop()
asyncio.set_event_loop(loop)
UnthreadedController(Handler(), hostname="127.0.0.1", port=port, loop=loop, **options).begin()
loop.run_forever()
