"""File names that every system can hold."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tasks.export.names import DEVICES, FORBIDDEN, Taken, safe_name, slug


@pytest.mark.parametrize(
    ("given_name", "safe"),
    [
        ("photo.png", "photo.png"),
        ("../../etc/passwd", "etc_passwd"),
        ("CON.txt", "_CON.txt"),
        ("com1", "_com1"),
        ("a:b?c*.pdf", "a_b_c_.pdf"),
        ("\u202egnp.exe", "gnp.exe"),
        ("", "file"),
        ("...", "file"),
        ("ends. ", "ends"),
        ("x\x00y\ud800z", "x_y_z"),
        ("茶🌿.txt", "茶🌿.txt"),
    ],
)
def test_a_name_becomes_harmless(given_name: str, safe: str) -> None:
    assert safe_name(given_name) == safe


@given(st.text(max_size=400))
def test_any_name_becomes_one_that_windows_takes(name: str) -> None:
    safe = safe_name(name)

    assert 0 < len(safe) <= 81
    assert len(safe.encode()) < 255
    assert not FORBIDDEN.search(safe)
    assert not DEVICES.match(safe)
    assert safe[-1] not in " ."
    assert safe not in {".", ".."}


def test_a_long_name_keeps_its_ending() -> None:
    assert safe_name("ä" * 300 + ".jpeg").endswith("ä.jpeg")


def test_names_are_given_once_whatever_their_letters() -> None:
    taken = Taken()

    assert [taken.unique("files", name) for name in ("a.png", "A.png", "a.png")] == [
        "files/a.png",
        "files/A-2.png",
        "files/a-3.png",
    ]


def test_a_slug_is_never_empty() -> None:
    assert slug("Order №") == "order"
    assert slug("订单") == "data"
