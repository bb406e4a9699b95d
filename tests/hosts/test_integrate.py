"""docs/integrate.md, followed word by word: a new project, each piece of code at the end of the file that it names."""

import re
import shlex
from pathlib import Path

import pytest

from tasks.cases.actors import GROUPS
from tests.hosts import newcomer
from tests.hosts.newcomer import Host

pytestmark = pytest.mark.host
GUIDE = (Path(__file__).parents[2] / "docs" / "integrate.md").read_text()
STEPS = re.findall(r"^```(python|sh|html)\n(.*?)^```", GUIDE, re.MULTILINE | re.DOTALL)
MODELS = """
from django.contrib.auth.models import User
from django.db import models


class Order(models.Model):
    customer = models.ForeignKey(User, models.SET_NULL, null=True)
    number = models.CharField(max_length=20)
    placed_at = models.DateTimeField()
    total = models.DecimalField(max_digits=8, decimal_places=2)
    delivery_address = models.TextField(blank=True)
    search_vector = models.TextField(blank=True)
"""
SETTINGS = """
INSTALLED_APPS += ['shop']
TEMPLATES[0]['DIRS'] = [BASE_DIR / 'templates']
ALLOWED_HOSTS = ['localhost']
"""
SIGN_IN = """
from django.contrib.auth.views import LoginView
urlpatterns += [path("accounts/login/", LoginView.as_view(template_name="login.html"), name="login")]
"""
SITE = {
    "templates/login.html": "<form method=post>{% csrf_token %}{{ form }}<button>Sign in</button></form>",
    "templates/site/_header.html": "<header>OUR HEADER</header>",
    "templates/site/_footer.html": "<footer>OUR FOOTER</footer>",
}
LOOK = """
import django; django.setup()
from django.contrib.auth.models import Group, User
from django.test import Client
client = Client(SERVER_NAME="localhost")
print(client.get("/privacy/").headers["Location"])
client.force_login(User.objects.get(pk=1))
print(*sorted(Group.objects.values_list("name", flat=True)), sep=", ")
page = client.get("/privacy/")
print(page.status_code, "OUR HEADER" in page.content.decode(), "OUR FOOTER" in page.content.decode())
"""


@pytest.fixture(scope="module")
def site(python: Path, tmp_path_factory: pytest.TempPathFactory) -> Host:
    """A project as Django writes it, with an application, one customer, a sign-in and a header of its own."""
    host = Host(python, tmp_path_factory.mktemp("site"))
    newcomer.done([str(python), "-m", "django", "startproject", "mysite", str(host.folder)], cwd=host.folder)
    for name, text in {**SITE, "shop/__init__.py": "", "shop/models.py": MODELS}.items():
        append(host, name, text)
    append(host, "mysite/settings.py", SETTINGS)
    append(host, "mysite/urls.py", SIGN_IN)
    host.manage("makemigrations", "shop", "-v0")
    host.manage("migrate", "-v0")
    alice = ["--username", "alice", "--email", "alice@example.com", "--noinput"]
    host.manage("createsuperuser", *alice, "-v0", DJANGO_SUPERUSER_PASSWORD="kestrel-and-moss")
    return host


def append(host: Host, name: str, text: str) -> None:
    path = host.folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("a") as file:
        file.write(f"{text}\n")


def test_the_guide_goes_from_an_empty_project_to_its_pages(site):
    ran = 0
    for kind, text in STEPS:
        if kind == "sh":
            ran += sum(run(site, line) for line in text.splitlines() if line.startswith("python "))
        else:
            append(site, re.match(r"(?:# |\{# )(\S+)", text)[1], text)

    assert ran == 8
    assert list((site.folder / "one").rglob("*.json"))
    look = site.run("-c", LOOK, DJANGO_SETTINGS_MODULE="mysite.settings")
    assert look.stdout.splitlines() == ["/accounts/login/?next=/privacy/", ", ".join(sorted(GROUPS)), "200 True True"]
    tested = site.run("manage.py", "test", "shop")
    assert tested.returncode == 0, tested.stderr


def run(site: Host, line: str) -> bool:
    """A line of the guide, without its comment."""
    done = site.run(*shlex.split(line, comments=True)[1:])
    assert done.returncode == 0, f"{line}\n{done.stdout[-2000:]}{done.stderr[-3000:]}"
    return True
