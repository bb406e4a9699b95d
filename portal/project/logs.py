"""Log lines without people in them.

Dossier's own lines carry ids only. Libraries are not so careful: PostgreSQL's messages quote the row that broke a rule,
a mail server's refusal names the address. So whatever looks like an address is covered before a line is written.
"""

import logging
import re

EMAIL = re.compile(r"[\w.+%'-]+(?:@|%40)[\w-]+(?:\.[\w-]+)+")  # %40: in an address of the web
IPV4 = re.compile(r"(?<![\w.])(?!127\.0\.0\.1)(?:\d{1,3}\.){3}\d{1,3}(?![\w.])")
IPV6 = re.compile(r"(?<![\w:.])(?:[0-9a-fA-F]{1,4}:){3,7}[0-9a-fA-F]{1,4}(?![\w:.])")
ROW = re.compile(r"(?m)^(DETAIL:).*$")


class CoveringFormatter(logging.Formatter):
    """Formats a record with its traceback and covers e-mail addresses, IP addresses and rows that PostgreSQL quotes."""

    def format(self, record: logging.LogRecord) -> str:
        line = super().format(record)
        for pattern, cover in ((ROW, r"\1 [covered]"), (EMAIL, "[e-mail]"), (IPV4, "[ip]"), (IPV6, "[ip]")):
            line = pattern.sub(cover, line)
        return line
