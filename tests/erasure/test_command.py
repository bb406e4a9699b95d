"""``manage.py erase``: status 0 only when all was done, one line on standard error otherwise."""

import json

import pytest
from django.core.management import CommandError, call_command

from tasks import erasure
from tasks.datamap import Anonymise, Constant, ModelPrivacy, registry
from tasks.erasure import ledger
from tasks.erasure.models import ErasureRun
from tasks.errors import SourceUnavailable, SourceWaiting
from tests.cases.stores import KEPT, Shelf, declared, raises
from tests.hosts.fates.models import Account, Document, Receipt, Watched

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _subjects(settings):
    settings.DOSSIER = {**settings.DOSSIER, "subject_model": "fates.Account"}


def test_the_plan_is_printed_and_nothing_changes(account, capsys):
    document = Document.objects.create(account=account, file="")

    call_command("erase", str(account.pk), "--plan", "--keys")

    assert json.loads(capsys.readouterr().out) == {
        "fates.Account": {"delete": [account.pk], "update": [], "keep": [], "refused": []},
        "fates.Document": {"delete": [document.pk], "update": [], "keep": [], "refused": []},
    }
    assert Account.objects.exists()


def test_the_whole_plan_has_steps_and_a_hash(account, capsys):
    call_command("erase", str(account.pk), "--plan")

    plan = json.loads(capsys.readouterr().out)
    assert [step["label"] for step in plan["steps"]] == ["fates.Account"]
    assert len(plan["decisions_hash"]) == 64


def test_executed_it_prints_what_went(account, capsys):
    Document.objects.create(account=account, file="")

    call_command("erase", str(account.pk), "--execute", "--confirm", str(account.pk))

    assert json.loads(capsys.readouterr().out) == {"total": 2, "by_label": {"fates.Account": 1, "fates.Document": 1}}
    assert ErasureRun.objects.get().finished_at is not None


@pytest.mark.parametrize("confirm", [[], ["--confirm", "0"]])
def test_without_the_key_once_more_nothing_happens(account, confirm):
    with pytest.raises(CommandError, match=f"repeat the key: --execute --confirm {account.pk}"):
        call_command("erase", str(account.pk), "--execute", *confirm)

    assert Account.objects.exists()


def test_a_refusal_is_one_line_with_models_and_what_to_declare(account):
    Receipt.objects.create(account=account)

    with pytest.raises(CommandError, match=r"Nothing was touched.*fates.Receipt: declare erasure") as caught:
        call_command("erase", str(account.pk), "--execute", "--confirm", str(account.pk))

    assert "\n" not in str(caught.value)
    assert Account.objects.exists()


@pytest.mark.parametrize("key", ["999", "nonsense", ""])
def test_a_key_that_is_nobodys_is_told(account, key):
    with pytest.raises(CommandError, match=r"has no row with the key|not a key"):
        call_command("erase", key, "--execute", "--confirm", key)


def test_without_dossiers_tables_nothing_is_erased(account, monkeypatch):
    monkeypatch.setattr(ledger, "exists", lambda: False)

    with pytest.raises(CommandError, match=r"Run 'manage.py migrate' first"):
        call_command("erase", str(account.pk), "--execute", "--confirm", str(account.pk))

    assert Account.objects.exists()


def test_an_interrupted_erasure_goes_on_although_the_account_is_gone(subject, account, capsys, run_id, noon):
    Document.objects.create(account=account, file="")

    def stop(done, total):
        if done == total:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        erasure.apply(subject, erasure.plan(subject, at=noon), run_id=run_id, at=noon, on_progress=stop)
    assert not Account.objects.exists()

    call_command("erase", str(subject.pk), "--execute", "--confirm", str(subject.pk))

    assert json.loads(capsys.readouterr().out)["total"] == 2
    assert ErasureRun.objects.get().finished_at is not None


def test_rows_that_a_second_look_finds_fail_the_command_and_go_when_it_is_run_again(account, capsys, monkeypatch):
    """The host still writes for the person when the erasure is through."""
    real, missed = ledger.finish, []

    def finish(run, *, at):
        real(run, at=at)
        missed.append(Watched.objects.create(account=account).pk)

    call = ("erase", str(account.pk), "--execute", "--confirm", str(account.pk))
    Watched.objects.create(account=account)
    with registry.overridden({Account: AnonymousAccount}):
        monkeypatch.setattr(ledger, "finish", finish)
        with pytest.raises(CommandError, match=r"second look found .*fates\.Watched"):
            call_command(*call)
        monkeypatch.setattr(ledger, "finish", real)
        call_command(*call)

    assert missed
    assert not Watched.objects.exists()
    assert json.loads(capsys.readouterr().out) == {"total": 2, "by_label": {"fates.Watched": 2}}


class AnonymousAccount(ModelPrivacy):
    erasure = Anonymise([Constant("gone", "name")])


@pytest.fixture
def cart():
    return Shelf([{"id": 1}, {"id": 2}])


@pytest.fixture
def _stores(cart):
    with registry.with_sources(declared("cart", cart), declared("ledger", Shelf([{"id": 9}]), erasure=KEPT)):
        yield


@pytest.mark.usefixtures("_stores")
def test_the_plan_shows_the_stores_but_their_keys(account, capsys, cart):
    call_command("erase", str(account.pk), "--plan")
    plan = json.loads(capsys.readouterr().out)
    call_command("erase", str(account.pk), "--plan", "--keys")

    assert plan["sources"] == [
        {"source": "cart", "action": "delete", "ground": "", "counts": {"cart": 2}},
        {"source": "ledger", "action": "keep", "ground": "§ 257 HGB", "counts": {"ledger": 1}},
    ]
    assert list(json.loads(capsys.readouterr().out)) == ["fates.Account"]
    assert len(cart.records) == 2


@pytest.mark.usefixtures("_stores")
def test_the_stores_are_erased_before_the_rows_and_their_sums_are_printed(account, capsys, cart):
    there = []

    def erases(ask):
        there.append((Account.objects.filter(pk=account.pk).exists(), ask.memo))

    cart.do("erase", raises(SourceWaiting("cart: soon.", seconds=0.1, memo={"ticket": 4})), erases)

    call_command("erase", str(account.pk), "--execute", "--confirm", str(account.pk))

    assert json.loads(capsys.readouterr().out) == {"total": 3, "by_label": {"cart": 2, "fates.Account": 1}}
    assert there == [(True, {"ticket": 4})]


@pytest.mark.usefixtures("_stores")
def test_no_row_goes_while_a_store_fails_unless_it_is_left_out(account, capsys, cart):
    cart.do("erase", raises(SourceUnavailable("cart: away.")))
    key = str(account.pk)

    with pytest.raises(CommandError, match=r"cart: away\. No row of the database was touched"):
        call_command("erase", key, "--execute", "--confirm", key)
    assert Account.objects.filter(pk=key).exists()
    with pytest.raises(CommandError, match="--without: wanted some of"):
        call_command("erase", key, "--execute", "--confirm", key, "--without", "loyalty")

    call_command("erase", key, "--execute", "--confirm", key, "--without", "cart")

    told = capsys.readouterr()
    assert json.loads(told.out) == {"total": 1, "by_label": {"fates.Account": 1}}
    assert "cart is left out" in told.err
    assert len(cart.records) == 2
