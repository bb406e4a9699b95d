"""`make shots`: walk through the demo with a real browser and take a picture of every page.

All pictures (1280 and 390 px, light and dark) go to var/shots; docs/img keeps the wide light and the narrow
dark one of each, in few colours. The pages of Alice's report go there too.
"""

import os
import re
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from PIL import Image
from playwright.sync_api import Browser, Page, sync_playwright

ROOT = Path(__file__).resolve().parents[1]
EVERY, KEPT = ROOT / "var" / "shots", ROOT / "docs" / "img"
WIDTHS, SCHEMES = (1280, 390), ("light", "dark")
IN_DOCS = {"1280-light", "390-dark"}
PASSWORD = "kestrel-and-moss"
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--no-first-run",
    "--disable-background-networking",
]


def main() -> int:
    for folder in (EVERY, KEPT):
        folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as var, demo(var) as address, sync_playwright() as playwright:
        program = os.environ.get("CHROMIUM") or shutil.which("chromium")
        browser = playwright.chromium.launch(args=FLAGS, **({"executable_path": program} if program else {}))
        visitor(browser, address)
        reference = asks(browser, address)
        office(browser, address)
        downloads(browser, address, reference, Path(var))
        deletes(browser, address)
        browser.close()
    print(f"Pictures are in {EVERY} and {KEPT}.")
    return 0


@contextmanager
def demo(var: str) -> Iterator[str]:
    """`make run` on a free port, in a folder of its own."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    environment = {**os.environ, "PORT": str(port), "DOSSIER_VAR": var, "DOSSIER_SITE_URL": f"http://localhost:{port}"}
    process = subprocess.Popen(
        [sys.executable, str(ROOT / ".ci" / "demo.py")], env=environment, stdout=subprocess.DEVNULL
    )
    try:
        yield answering(f"http://localhost:{port}", process)
    finally:
        process.terminate()
        process.wait()


def answering(address: str, process: subprocess.Popen[bytes]) -> str:
    until = time.monotonic() + 120
    while process.poll() is None and time.monotonic() < until:
        try:
            with urllib.request.urlopen(address, timeout=10):
                return address
        except OSError:
            time.sleep(0.3)
    raise SystemExit("shots: the demo did not start.")


def opened(browser: Browser, address: str) -> Page:
    page = browser.new_context(
        base_url=address, viewport={"width": 1280, "height": 900}, accept_downloads=True
    ).new_page()
    page.set_default_timeout(20_000)
    return page


def shoot(page: Page, name: str) -> None:
    """One page at each width and in each scheme."""
    for width in WIDTHS:
        for scheme in SCHEMES:
            page.set_viewport_size({"width": width, "height": 900})
            page.emulate_media(color_scheme=scheme)
            kind = f"{width}-{scheme}"
            picture = EVERY / f"{name}-{kind}.png"
            page.screenshot(path=picture, full_page=True)
            if kind in IN_DOCS:
                Image.open(picture).convert("RGB").quantize(64).save(KEPT / picture.name, optimize=True)
    page.set_viewport_size({"width": 1280, "height": 900})
    page.emulate_media(color_scheme="light")
    print(name, flush=True)


def sign_in(page: Page, who: str) -> None:
    page.goto("/accounts/login/")
    page.locator("input[name=login]").fill(f"{who}@example.com")
    page.locator("input[name=password]").fill(PASSWORD)
    page.locator("input[name=password]").press("Enter")
    page.wait_for_url(lambda url: "/accounts/login/" not in url)
    if "/2fa/" in page.url:
        enter_code(page, who)


def enter_code(page: Page, who: str) -> None:
    """The second factor of the demo's office, from the page that shows it."""
    beside = page.context.new_page()
    beside.goto("/demo/codes/")
    code = beside.locator("li", has=beside.locator("h3", has_text=who.title())).locator("code.key").inner_text()
    beside.close()
    page.locator("input[name=code]").fill(code)
    page.locator("input[name=code]").press("Enter")
    page.wait_for_url(lambda url: "/2fa/" not in url)


def confirm(page: Page, name: str = "") -> None:
    """Say again who it is, where the page asks."""
    if "/privacy/confirm/" not in page.url:
        return
    if name:
        shoot(page, name)
    page.locator("input[name=password]").fill(PASSWORD)
    page.locator("input[name=password]").press("Enter")
    page.wait_for_url(lambda url: "/privacy/confirm/" not in url)


def visitor(browser: Browser, address: str) -> None:
    page = opened(browser, address)
    for name, path in (
        ("start", "/"),
        ("sign-in", "/accounts/login/"),
        ("sign-up", "/accounts/signup/"),
        ("codes", "/demo/codes/"),
    ):
        page.goto(path)
        shoot(page, name)
    page.goto("/privacy/receipt/")
    shoot(page, "receipt")
    page.context.close()


def asks(browser: Browser, address: str) -> str:
    """Alice asks for a copy; the reference of her case."""
    page = opened(browser, address)
    sign_in(page, "alice")
    page.goto("/privacy/")
    shoot(page, "home")
    page.goto("/privacy/download/")
    shoot(page, "download")
    page.locator("main form button.button").first.click()
    page.wait_for_load_state()
    confirm(page, "confirm")
    shoot(page, "download-check")
    page.locator("main form button.button").first.click()
    page.wait_for_url(re.compile("/privacy/requests/"))
    shoot(page, "request-collecting")
    reference = page.url.rstrip("/").rpartition("/")[2]
    wait_for(page, "In review")
    shoot(page, "request-review")
    page.goto("/privacy/requests/")
    shoot(page, "requests")
    page.context.close()
    return reference


def wait_for(page: Page, words: str, *, seconds: int = 90) -> None:
    """Until the current stage of the request says ``words``."""
    until = time.monotonic() + seconds
    while words not in page.locator("[aria-current=step]").first.inner_text():
        if time.monotonic() > until:
            raise SystemExit(f"shots: waited {seconds} s for {words!r} on {page.url}.")
        time.sleep(1)
        page.reload()


def office(browser: Browser, address: str) -> None:
    """Axel sees the inbox and approves the first case there."""
    page = opened(browser, address)
    page.goto("/accounts/login/")
    page.locator("input[name=login]").fill("axel@example.com")
    page.locator("input[name=password]").fill(PASSWORD)
    page.locator("input[name=password]").press("Enter")
    page.wait_for_url(re.compile("/2fa/"))
    shoot(page, "second-factor")
    enter_code(page, "axel")
    page.goto("/office/")
    shoot(page, "inbox")
    page.locator("table a[href*='/office/cases/']").first.click()
    page.wait_for_url(re.compile("/office/cases/"))
    shoot(page, "case")
    case = page.url.rstrip("/")
    for path, name in (
        ("preview/", "preview"),
        ("preview/?section=support.TicketMessage&view=cover&show=suspected", "preview-cover"),
    ):
        page.goto(f"{case}/{path}")
        shoot(page, name)
    page.goto(f"{case}/")
    approve(page)
    for path, name in (
        ("/office/audit/", "audit"),
        ("/office/data-map/", "datamap"),
        ("/office/housekeeping/", "housekeeping"),
        ("/office/holds/", "holds"),
        ("/demo/mail/", "mails"),
    ):
        page.goto(path)
        shoot(page, name)
    page.context.close()


def approve(page: Page) -> None:
    form = page.locator("form[action*='approve']").first
    form.locator("input[type=checkbox]").check()
    form.locator("button").click()
    page.wait_for_load_state()
    if "reauthenticate" in page.url:
        page.locator("input[name=password], input[name=code]").first.wait_for()
        if page.locator("input[name=password]").count():
            page.locator("input[name=password]").fill(PASSWORD)
            page.locator("input[name=password]").press("Enter")
            page.wait_for_url(re.compile("/office/"))
        form = page.locator("form[action*='approve']").first
        form.locator("input[type=checkbox]").check()
        form.locator("button").click()
        page.wait_for_load_state()


def downloads(browser: Browser, address: str, reference: str, var: Path) -> None:
    """Alice's files are ready; the pages of her report become pictures."""
    page = opened(browser, address)
    sign_in(page, "alice")
    page.goto(f"/privacy/requests/{reference}/")
    wait_for(page, "Ready")
    shoot(page, "request-ready")
    page.locator("a[href*='/files/pdf/']").first.click()
    page.locator("input[name=password]").fill(PASSWORD)
    with page.expect_download() as waiting:
        page.locator("input[name=password]").press("Enter")
    report = var / "report.pdf"
    waiting.value.save_as(report)
    subprocess.run(["pdftoppm", "-r", "60", "-l", "12", "-png", str(report), str(EVERY / "report")], check=True)
    for number, picture in enumerate(sorted(EVERY.glob("report-*.png"))[:8], 1):
        Image.open(picture).convert("RGB").quantize(64).save(KEPT / f"report-{number:02}.png", optimize=True)
    page.context.close()


def deletes(browser: Browser, address: str) -> None:
    """Bob has his account deleted, up to the page that gives him the key of his receipt."""
    page = opened(browser, address)
    sign_in(page, "bob")
    page.goto("/privacy/delete/")
    shoot(page, "delete-1-what")
    page.goto("/privacy/delete/when/")
    page.locator("input[name=when]").last.check()
    shoot(page, "delete-2-when")
    page.locator("main form button.button").first.click()
    page.wait_for_load_state()
    confirm(page)
    shoot(page, "delete-3-confirm")
    page.locator("main form input[type=checkbox]").check()
    page.locator("button.button--final").click()
    page.wait_for_load_state()
    shoot(page, "delete-requested")
    page.goto("/privacy/requests/")
    page.locator("main a[href*='/privacy/requests/']").first.click()
    wait_for(page, "In review")
    shoot(page, "delete-review")
    page.context.close()


if __name__ == "__main__":
    sys.exit(main())
