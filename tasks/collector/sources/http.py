"""A service that answers subject requests over HTTP as a source: the protocol of docs/subject-requests.md."""

import json
import time
from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any
from urllib.parse import urljoin

from django.core import checks
from django.utils.translation import get_language

from tasks.collector.sources import http_signing as signing
from tasks.collector.sources.http_answers import JSON, NDJSON, ZIP, Reading, in_language
from tasks.collector.sources.http_callback import callback_address
from tasks.collector.sources.http_client import Answer, Limits, Question, fetch
from tasks.collector.sources.http_records import About, Records
from tasks.collector.sources.http_signing import Secret
from tasks.datamap import registry
from tasks.datamap.addresses import is_address, is_plain, origin, path_of
from tasks.datamap.stores import Ask, Item, Outcome, SourcePrivacy
from tasks.datamap.telling import SHORTEST_SECRET
from tasks.errors import SourceFault, SourceRefused, SourceUnavailable, SourceWaiting

ASK, HEALTH = "/subject-requests", "/health"
SHORTEST_WAIT, LONGEST_WAIT = 5.0, 3600.0  # seconds between two looks at an answer that is being prepared
WAIT = 60.0  # where the service names none
SAYS = {
    401: "it does not accept our signature (401). Compare key_id, secret and the two clocks.",
    403: "it does not let us in (403). Compare key_id and secret.",
    404: "it has no such address (404). Compare url.",
    405: "it has no such address (405). Compare url.",
    413: "our question is too large for it (413).",
}


class HttpSource(SourcePrivacy):
    """A service that speaks the protocol of subject requests. A host says where it is and whom it is asked about.

    ``identify`` says what the service knows the person by, and nothing more than it needs.
    """

    url = ""  # "https://loyalty.internal/privacy"
    key_id = "dossier"  # what the service calls the secret
    secret = ""  # shared with the service; from the environment, never from the repository
    allow_plain = False  # http:// in a private network; said by `manage.py check`
    ca_file = ""  # the file of a certificate authority of one's own
    proxy = ""  # environment variables are not asked
    callback = False  # the service may say when it is ready, at an address of Dossier's
    counts = True  # the service can count; without, nothing is asked before collecting
    deadline = 300.0  # seconds until the whole answer has to be there; `timeout` is for silence
    max_bytes = 200_000_000  # of one answer

    _learnt = About()

    def identify(self, subject: Any) -> Mapping[str, str]:
        """What the service knows ``subject`` (a ``collector.Subject``) by: ``{"customer": "K-1007"}``.

        An empty one means that it cannot know them: it is not asked.
        """
        raise NotImplementedError

    # --- the hooks of a source

    def count(self, subject: Any) -> Mapping[str, int] | None:
        """How many records there are per section; None where the service does not say."""
        known = self._known(subject) if self.counts else {}
        if not known:
            return None
        ask = Ask(f"count-{signing.new_nonce()}", datetime.now().astimezone())
        reading = self._post("count", ask, known)
        if reading is None or reading.answer.status == 202:
            return None
        told = reading.document().get("counts")
        if told is None:
            return None
        if not isinstance(told, dict):
            raise reading.fault('wanted {"counts": {section: number}}, found something else.')
        return {str(section): reading.number(count) for section, count in told.items()}

    def collect(self, subject: Any, ask: Ask) -> Iterator[Item]:
        """Every record that the service holds, once the whole answer is here and is genuine.

        Raises:
            SourceUnavailable, SourceWaiting, SourceRefused: as the service says.
        """
        reading = self._answer("access", subject, ask)
        if reading is None:
            return
        records = Records(self.key, reading.answer, reading.secret, reading.nonce, ask.language,
                          max_bytes=self.max_bytes)  # fmt: skip
        for item in records.items():
            self._learnt = records.about
            yield item

    def erase(self, subject: Any, ask: Ask) -> Outcome:
        """Have the service erase, and take down what it says that it did.

        Raises:
            SourceUnavailable, SourceWaiting, SourceRefused: as the service says.
        """
        reading = self._answer("erasure", subject, ask)
        return Outcome() if reading is None else reading.outcome()

    def health(self) -> str:
        """What the service says of itself, in a few words.

        Raises:
            SourceUnavailable: it does not answer as agreed.
        """
        reading = self._ask("GET", self._address(HEALTH), "en")
        if reading.answer.status != 200:
            raise SourceFault(f"{self.key}: {HEALTH} answers with status {reading.answer.status}.")
        return str(reading.document().get("says") or "ok")

    def calls(self, headers: Mapping[str, str], path: str, body: bytes, *, now: float) -> bool:
        """Whether a request that reached us is a call of this service. ``now`` in seconds since 1970."""
        return self.callback and signing.is_genuine(headers, self._secret, "POST", path, body, now=now)

    def heading_of(self, section: str = "") -> str:
        """What people read over a section: declared here, else what the service calls it."""
        if section in self.sections or section not in self._learnt.sections:
            return super().heading_of(section)
        return str(in_language(self._learnt.sections[section], get_language() or "en"))

    def words_of(self, name: str) -> str:
        """The heading of a field: declared here, else what the service calls it."""
        if name in self.labels or name not in self._learnt.labels:
            return super().words_of(name)
        return str(in_language(self._learnt.labels[name], get_language() or "en"))

    # --- asking

    def _known(self, subject: Any) -> dict[str, str]:
        known = self.identify(subject)
        if not isinstance(known, Mapping) or not all(isinstance(each, str) for each in (*known, *known.values())):
            raise SourceFault(f"{self.key}.identify: wanted {{name: text}}, found {type(known).__name__}.")
        return {name: value for name, value in known.items() if value}

    def _answer(self, kind: str, subject: Any, ask: Ask) -> Reading | None:
        """The final answer to a question; None where there is nobody to ask about."""
        status = str(ask.memo.get("status") or "")
        if status:
            reading = self._ask("GET", self._same_place(urljoin(self.url, status)), ask.language)
            if reading.answer.status in (404, 410):  # it forgot the ticket: ask anew
                status = ""
        if not status:
            asked = self._post(kind, ask, self._known(subject))
            if asked is None:
                return None
            reading = asked
        if reading.answer.status == 202:
            raise self._waiting(reading, ask)
        return reading

    def _post(self, kind: str, ask: Ask, known: Mapping[str, str]) -> Reading | None:
        if not known:
            return None
        body = {"id": ask.id, "kind": kind, "subject": known, "language": ask.language, "dry_run": ask.dry_run}
        if self.callback and (there := callback_address(ask.id)):
            body["callback"] = there
        return self._ask("POST", self._address(ASK), ask.language, json.dumps(body).encode(), ask.id)

    def _ask(self, method: str, url: str, language: str, body: bytes = b"", key: str = "") -> Reading:
        """One signed question and a signed answer: 200, 202, or of a ticket that is gone.

        Raises:
            SourceUnavailable, SourceRefused: another answer.
        """
        signed = signing.request_headers(self._secret, method, path_of(url), body, now=time.time())
        headers = {**signed, "Accept": f"{JSON}, {NDJSON}, {ZIP}"}
        if key:
            headers |= {"Idempotency-Key": key, "Content-Type": JSON}
        answer = fetch(Question(self.key, method, url, body, headers), self._limits)
        reading = Reading(self.key, answer, self._secret, signed[signing.NONCE], language)
        self._judge(reading, is_ticket=method == "GET" and not url.endswith(HEALTH))
        return reading

    def _judge(self, reading: Reading, *, is_ticket: bool) -> None:
        answer = reading.answer
        if answer.status in (200, 202, 409):
            reading.check()
            self._refused(reading)
        if answer.status in (200, 202) or (is_ticket and answer.status in (404, 410)):
            return
        if 300 <= answer.status < 400:
            raise SourceFault(f"{self.key}: it sends us to another address, and we follow none. Correct url.")
        if answer.status in SAYS:
            raise SourceFault(f"{self.key}: {SAYS[answer.status]}")
        raise SourceUnavailable(f"{self.key}: it answers with status {answer.status}.")

    def _refused(self, reading: Reading) -> None:
        """Say so where the answer is a no.

        Raises:
            SourceRefused: with the service's reason in the person's language.
        """
        if reading.answer.media_type != JSON or (reading.answer.status != 409 and reading.answer.size > 65_536):
            return
        told = reading.document().get("refused")
        if told is not None or reading.answer.status == 409:
            raise SourceRefused(f"{self.key}: it refuses.", reason=reading.text(told))

    def _waiting(self, reading: Reading, ask: Ask) -> SourceUnavailable:
        """The error that says to come back later; where it has been preparing for too long, that it fails."""
        since = str(ask.memo.get("since") or ask.at.isoformat())
        if ask.at - datetime.fromisoformat(since) > self.patience:
            return SourceUnavailable(f"{self.key}: it has been preparing its answer since {since[:16]}, and no end.")
        place = reading.answer.headers.get("Location", "")
        if not place:
            raise reading.fault("it prepares its answer (202), and does not say where (Location).")
        there = self._same_place(urljoin(self._address(ASK), place))
        memo: dict[str, object] = {"status": path_of(there), "since": since}  # the service may move meanwhile
        return SourceWaiting(f"{self.key}: it prepares its answer.", seconds=_wait(reading.answer), memo=memo)

    def _same_place(self, url: str) -> str:
        """``url``, if it is at the service's own address.

        Raises:
            SourceFault: it is somewhere else.
        """
        if origin(url) != origin(self.url):
            raise SourceFault(f"{self.key}: it sends us to another host, and we follow it nowhere.")
        return url

    def _address(self, path: str) -> str:
        return self.url.rstrip("/") + path

    @property
    def _secret(self) -> Secret:
        return Secret(self.key_id, self.secret)

    @property
    def _limits(self) -> Limits:
        return Limits(self.timeout, self.deadline, self.max_bytes, self.ca_file, self.proxy)

    def validate(self) -> None:
        """Check what the class says.

        Raises:
            DeclarationError: app, class, attribute, wanted, found.
        """
        super().validate()
        if not is_address(self.url):
            raise self.wrong("url", "an address such as https://loyalty.internal", "none, or one of another form")
        if is_plain(self.url) and not self.allow_plain:
            raise self.wrong("url", "https://, or allow_plain = True in a private network", "http://")
        if len(self.secret) < SHORTEST_SECRET:
            raise self.wrong("secret", f"at least {SHORTEST_SECRET} characters", f"{len(self.secret)}")
        if type(self).identify is HttpSource.identify:
            raise self.wrong("identify", "a method identify(self, subject)", "none")


def _wait(answer: Answer) -> float:
    told = answer.headers.get("Retry-After", "")
    seconds = float(told) if told.isascii() and told.isdecimal() else WAIT
    return min(max(seconds, SHORTEST_WAIT), LONGEST_WAIT)


@checks.register("dossier")
def read_on_the_way(app_configs: object = None, **_: object) -> list[checks.CheckMessage]:
    """Warn of services that are asked about people in the clear."""
    return [
        checks.Warning(
            f"The source '{policy.key}' is asked over http://, which others in that network can read.",
            hint="Give the service a certificate, and url = 'https://…'.",
            id="dossier.W040",
        )
        for policy in registry.sources.values()
        if isinstance(policy, HttpSource) and is_plain(policy.url)
    ]
