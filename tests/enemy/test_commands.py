"""What somebody can type behind ``manage.py``: one line on standard error, status 1, no traceback, nothing touched."""

import os
import subprocess
import sys
from contextlib import suppress
from pathlib import Path

import pytest
from django.contrib.auth.models import User
from django.core.management import CommandError, call_command

KEYS = [
    "", " ", "0", "-1", "999999", "1e3", "1_0", "0x1", "٣", "one", "1;DROP TABLE auth_user", "9" * 30, "9" * 5_000,
    "None", "[1]", "\x00",
]  # fmt: skip
ROOT = Path(__file__).resolve().parents[2]


def said_by(*args: str) -> str:
    with pytest.raises(CommandError) as caught:
        call_command(*args)
    return str(caught.value)


def test_a_strange_key_is_one_line_and_touches_nobody(alice, tmp_path):
    for key in KEYS:
        for args in (
            ("collect", "--", key), ("export", "--to", str(tmp_path / "out"), "--", key),
            ("erase", "--plan", "--", key), ("erase", "--execute", f"--confirm={key}", "--", key),
        ):  # fmt: skip
            words = said_by(*args)
            assert words, args
            assert "\n" not in words, args
            assert len(words) < 400, args
    assert User.objects.filter(pk=alice.pk).exists()
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize("confirm", [[], ["--confirm="], ["--confirm= {}"], ["--confirm=0{}"], ["--confirm={}.0"]])
def test_an_erasure_wants_the_very_key_twice(confirm, alice):
    words = said_by("erase", str(alice.pk), "--execute", *(arg.format(alice.pk) for arg in confirm))

    assert "Nothing was touched" in words
    assert User.objects.filter(pk=alice.pk).exists()


def test_an_alias_that_is_not_there_is_named_with_those_that_are(alice):
    for args in (["collect"], ["export", "--to", "out"], ["erase", "--plan"]):
        assert "Choose one of: default" in said_by(*args, "--using=nowhere", str(alice.pk))


@pytest.mark.parametrize("language", ["xx", "../../etc", "", "klingon" * 50])
def test_a_language_that_does_not_exist_is_no_traceback(language, alice, tmp_path):
    with suppress(CommandError):
        call_command("export", str(alice.pk), to=tmp_path / "out", only="json", language=language)

    assert {path.suffix for path in (tmp_path / "out").rglob("*.*")} <= {".json"}


@pytest.mark.parametrize("args", [["collect", "x"], ["export", "1", "--to", "/proc/nowhere"]])
def test_as_a_process_it_ends_with_status_1_and_without_a_traceback(args, tmp_path):
    done = subprocess.run(
        [sys.executable, str(ROOT / "manage.py"), *args],
        cwd=ROOT,
        env={"DOSSIER_VAR": str(tmp_path), "PATH": os.environ["PATH"]},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )

    assert (done.returncode, done.stdout) == (1, "")
    assert len(done.stderr.strip().splitlines()) == 1
    assert "Traceback" not in done.stderr
