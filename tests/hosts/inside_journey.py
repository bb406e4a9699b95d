# ruff: noqa: E402 - models need Django first
"""Run inside the rowing club's project: what its members and its office see and get. Prints facts as JSON."""

import io
import json
import os
import re
import sys
import time
import zipfile
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "rowing.settings")
django.setup()

from django.contrib.auth.models import Group
from django.core.files.base import ContentFile
from django.test import Client
from django.urls import reverse
from members.models import Fee, Member, Outing

from tasks.cases.models import Case

PASSWORD = "oars-and-sculls"
pages: dict[str, Any] = {}


def browser() -> Client:
    """A browser as it is on a server with TLS, which minds forged forms."""
    return Client(raise_request_exception=True)


def look(client: Client, name: str, *args: str, **_: str) -> str:
    """Open a page by its name, and write down what it is like."""
    answer = client.get(reverse(name, args=args))
    text = answer.content.decode()
    pages[name] = {
        "status": answer.status_code,
        "header": 'class="club"' in text,
        "style": "club/header" in text,
        "policy": answer.headers.get("Content-Security-Policy", ""),
        "url": answer.wsgi_request.path,
    }
    return text


def people() -> tuple[Member, Member]:
    alice = Member.objects.create_user("alice@example.com", PASSWORD, called="Alice")
    alice.licence.save("licence.txt", ContentFile(b"Sculls, inland waters"))
    Outing.objects.create(member=alice, on=date(2026, 2, 1), boat="Kestrel")
    Fee.objects.create(member=alice, year=2026, amount="120.00", paid_on=date(2026, 1, 9), payer="Alice Hartmann")
    axel = Member.objects.create_user("axel@example.com", PASSWORD, called="Axel")
    for name in ("Privacy approvers", "Privacy handlers"):
        axel.groups.add(Group.objects.get_or_create(name=name)[0])
    return alice, axel


def sign_in(email: str, *, at: str = "login") -> Client:
    client = browser()
    field = "username" if at == "login" else "login"
    answer = client.post(reverse(at), {field: email, "password": PASSWORD})
    assert answer.status_code == 302, answer.content.decode()[-2000:]
    return client


def sure(client: Client) -> Client:
    answer = client.post(reverse("portal:confirm"), {"way": "password", "password": PASSWORD})
    assert answer.status_code == 302, answer.status_code
    return client


def wait(happened: Callable[[], Any], what: str) -> Any:
    until = time.monotonic() + 60
    while not (found := happened()):
        assert time.monotonic() < until, f"waited for {what}: {list(Case.objects.values('reference', 'state'))}"
        time.sleep(0.1)
    return found


def reached(reference: str, state: str) -> Case:
    return wait(lambda: Case.objects.filter(reference=reference, state=state).first(), f"{reference} to be {state}")


def approve(client: Client, case: Case) -> int:
    """Approve what is seen; the first time the office is asked who it is."""
    values, page = {"seen_hash": case.content_hash, "seen": "on"}, reverse("dpo:approve", args=[case.reference])
    first = client.post(page, values)
    if reverse("portal:confirm") in first.headers.get("Location", ""):
        sure(client)
        first = client.post(page, values)
    return first.status_code


def copy(hers: Client, his: Client) -> dict[str, Any]:
    """From the wish for a copy to the files in her hands."""
    hers.post(reverse("portal:download"), {"scope": "everything", "language": "en", "note": ""})
    asked = hers.get(reverse("portal:download_check"))
    sure(hers)
    look(hers, "portal:download_check")
    hers.post(reverse("portal:download_check"))
    case = Case.objects.get(kind="access")
    look(hers, "portal:case", case.reference)
    case = reached(case.reference, "review")
    look(his, "dpo:inbox")
    look(his, "dpo:case", case.reference)
    look(his, "dpo:preview", case.reference)
    look(his, "dpo:audit")
    look(his, "dpo:datamap")
    approved = approve(his, case)
    reached(case.reference, "ready")
    file = hers.get(reverse("portal:file", args=[case.reference, "zip"]))
    package = zipfile.ZipFile(io.BytesIO(b"".join(file.streaming_content)))
    return {
        "asked": asked.headers["Location"],
        "approved": approved,
        "names": package.namelist(),
        "data": "".join(package.read(n).decode() for n in package.namelist() if n.endswith(".json")),
    }


def erasure(hers: Client, his: Client, alice: Member) -> dict[str, Any]:
    """From the wish to be forgotten to the certificate that outlives the account."""
    licence = Path(alice.licence.path)
    hers.post(reverse("portal:delete_when"), {"when": "approved"})
    look(hers, "portal:delete_confirm")
    asked = hers.post(reverse("portal:delete_confirm"), {"understood": "on"})
    case = Case.objects.get(kind="erasure")
    case = reached(case.reference, "review")
    approved = approve(his, case)
    case = reached(case.reference, "closed")
    fee = Fee.objects.get()
    return {
        "asked": asked.status_code,
        "approved": approved,
        "members": list(Member.objects.values_list("email", flat=True)),
        "outings": Outing.objects.count(),
        "fee": [str(fee.amount), fee.payer, fee.member_id],
        "licence": licence.exists(),
    }


def whole() -> dict[str, Any]:
    """The club's own sign-in, a real worker beside: everything."""
    alice, axel = people()
    look(browser(), "home")
    look(browser(), "portal:start" if reverse("portal:start") != "/" else "portal:receipt")
    look(browser(), "portal:receipt")
    away = browser().get(reverse("portal:home")).headers["Location"]
    hers, his = sign_in(alice.email), sign_in(axel.email)
    for name in ("home", "download", "delete", "delete_when", "requests", "confirm"):
        look(hers, f"portal:{name}")
    strange = hers.get("/office/")
    lost = hers.get(reverse("portal:case", args=["D26-NONE"]))
    closed = his.get(reverse("dpo:inbox")).status_code
    session = his.session
    session["key_card"] = "shown"
    session.save()
    facts = {
        "away": away,
        "strange": [strange.status_code, "Lost at sea" in strange.content.decode()],
        "lost": [lost.status_code, "Lost at sea" in lost.content.decode()],
        "closed": closed,
        "copy": copy(hers, his),
        "erasure": erasure(hers, his, alice),
    }
    mails = "".join(path.read_text() for path in (Path.cwd() / "mail").iterdir())
    return {**facts, "pages": pages, "mails": mails, "axel": str(axel.pk)}


def allauth() -> dict[str, Any]:
    """The same project with allauth in place of its own sign-in: who comes in, and what is asked of them."""
    alice = Member.objects.create_user("alice@example.com", PASSWORD, called="Alice")
    axel = Member.objects.create_user("axel@example.com", PASSWORD, called="Axel")
    axel.groups.add(Group.objects.get_or_create(name="Privacy approvers")[0])
    from allauth.account.models import EmailAddress

    for member in (alice, axel):
        EmailAddress.objects.create(user=member, email=member.email, verified=True, primary=True)
    hers, his = sign_in(alice.email, at="account_login"), sign_in(axel.email, at="account_login")
    for name in ("home", "download", "delete", "requests", "confirm"):
        look(hers, f"portal:{name}")
    guarded = hers.get(reverse("account_email")).headers.get("Location", "")
    sure(hers)
    look(hers, "account_email")
    return {"pages": pages, "guarded": guarded, "office": his.get("/office/").headers.get("Location", "")}


def elsewhere() -> dict[str, Any]:
    """Under a prefix, under a script's name: where pages and letters point."""
    from django.core import mail
    from django.test.utils import override_settings

    alice = Member.objects.create_user("alice@example.com", PASSWORD, called="Alice")
    prefix = os.environ.get("CLUB_SCRIPT_NAME", "")
    client = Client(SCRIPT_NAME=prefix)
    client.force_login(alice)
    home = client.get(reverse("portal:home").removeprefix(prefix) or "/")
    text = home.content.decode()
    from tasks.cases import letters

    with override_settings(EMAIL_BACKEND="django.core.mail.backends.locmem.EmailBackend"):
        mail.outbox = []
        link = letters.link("portal:home")
    return {
        "status": home.status_code,
        "address": reverse("portal:home"),
        "links": re.findall(r'href="([^"]*privacy/[^"]*)"', text),
        "letter": link,
    }


if __name__ == "__main__":
    print(json.dumps(globals()[sys.argv[1]]()))
