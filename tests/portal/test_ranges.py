"""Parts of a file: a download that broke off goes on, and never becomes a file of two halves."""

import hashlib

import pytest
from django.utils import timezone

from portal import ranges
from tasks import audit, vault
from tasks.cases import operations
from tasks.vault import keys
from tests.portal.conftest import confirm, signed_in

TAG = '"abc"'


@pytest.mark.parametrize(
    ("header", "found"),
    [
        ("bytes=0-9", (0, 10)),
        ("bytes=90-", (90, 10)),
        ("bytes=-5", (95, 5)),
        ("bytes=-500", (0, 100)),
        ("bytes=0-999999", (0, 100)),
        ("Bytes=99-99", (99, 1)),
        ("", None),
        ("bytes=", None),
        ("bytes=-", None),
        ("bytes=5-2", None),
        ("bytes=0-1,5-6", None),
        ("items=0-1", None),
        ("bytes=a-b", None),
        ("bytes=" + "9" * 400 + "-", None),
    ],
)
def test_a_range_is_understood_or_ignored(header: str, found: tuple[int, int] | None) -> None:
    part = ranges.wanted(header, size=100, etag=TAG)

    assert part == (ranges.Range(*found) if found else None)


@pytest.mark.parametrize(("header", "size"), [("bytes=100-", 100), ("bytes=-0", 100), ("bytes=0-", 0)])
def test_a_range_behind_the_end_is_refused(header: str, size: int) -> None:
    with pytest.raises(ranges.NotSatisfiable):
        ranges.wanted(header, size=size, etag=TAG)


def test_a_range_of_another_file_means_the_whole() -> None:
    assert ranges.wanted("bytes=5-", size=100, if_range='"other"', etag=TAG) is None
    assert ranges.wanted("bytes=5-", size=100, if_range="Wed, 21 Oct 2026 07:28:00 GMT", etag=TAG) is None
    assert ranges.wanted("bytes=5-", size=100, if_range=TAG, etag=TAG) == ranges.Range(5, 95)


@pytest.fixture
def address(ready) -> str:
    return f"/privacy/requests/{ready.reference}/files/zip/"


def test_a_download_that_broke_off_goes_on(sure, ready, address):
    package = ready.packages.get(kind="zip")
    first = sure.get(address)
    content = b"".join(first.streaming_content)[:7]

    rest = sure.get(address, headers={"Range": "bytes=7-", "If-Range": first["ETag"]})
    content += b"".join(rest.streaming_content)

    assert (first["Accept-Ranges"], rest.status_code) == ("bytes", 206)
    assert rest["Content-Range"] == f"bytes 7-{package.size - 1}/{package.size}"
    assert rest["Content-Length"] == str(package.size - 7)
    assert hashlib.sha256(content).hexdigest() == package.sha256


def test_of_a_file_that_was_made_anew_the_whole_comes(sure, ready, address):
    answer = sure.get(address, headers={"Range": "bytes=7-", "If-Range": '"of the first file"'})

    assert answer.status_code == 200
    assert len(b"".join(answer.streaming_content)) == ready.packages.get(kind="zip").size


def test_a_range_behind_the_end_is_416_and_no_download(sure, ready, address):
    size = ready.packages.get(kind="zip").size

    answer = sure.get(address, headers={"Range": f"bytes={size}-"})

    assert (answer.status_code, answer["Content-Range"]) == (416, f"bytes */{size}")
    assert audit.of(ready.pk).filter(event="case.downloaded").count() == 0


def test_a_look_at_the_head_opens_nothing_and_is_no_download(sure, ready, address):
    package = ready.packages.get(kind="zip")

    answer = sure.head(address)

    assert answer.content == b""
    assert answer["Content-Length"] == str(package.size)
    assert answer["ETag"] == f'"{package.sha256}"'
    assert audit.of(ready.pk).filter(event="case.downloaded").count() == 0


def test_a_resumed_part_is_never_the_page_that_asks_who_you_are(alice, ready, address):
    hers = confirm(signed_in(alice), alice, minutes_ago=6)

    assert hers.get(address, headers={"Range": "bytes=7-"}).status_code == 403


def test_nor_the_page_of_a_request_whose_files_are_gone(sure, ready, address):
    operations.freeze(ready, at=timezone.now())

    assert sure.get(address, headers={"Range": "bytes=7-"}).status_code == 410


def test_a_name_that_is_no_ascii_arrives(sure, ready, address):
    ready.packages.update(filename="déclaration-茶.zip")

    assert sure.head(address)["Content-Disposition"] == ("attachment; filename*=utf-8''d%C3%A9claration-%E8%8C%B6.zip")


def test_a_part_of_the_archive_has_an_address_of_its_own(sure, ready, address):
    assert sure.head(f"{address}1/").status_code == 200
    assert sure.head(f"{address}2/").status_code == 404


def test_a_damaged_file_gives_no_byte_of_any_range(sure, ready, address):
    package = ready.packages.get(kind="zip")
    with vault.writing(package.name) as out:
        out.write(b"x" * 300_000)
    ready.packages.update(size=300_000)
    place = keys.folder() / package.name
    place.write_bytes(place.read_bytes()[:-40])

    answer = sure.get(address, headers={"Range": "bytes=0-9"})

    assert answer.status_code == 503
    assert b"xxx" not in answer.content
