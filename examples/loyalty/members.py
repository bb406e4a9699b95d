"""The demo's members: Alice with much, Bob with little."""

from .store import Store

MEMBERS = (("M-1001", "alice@example.com", 38), ("M-1002", "bob@example.com", 6))
CARD = (
    '<svg xmlns="http://www.w3.org/2000/svg" width="340" height="210">'
    '<rect width="340" height="210" rx="14" fill="#2f4a3f"/>'
    '<text x="24" y="180" fill="#fff" font-size="22">{number}</text></svg>'
)


def fill(store: Store) -> None:
    """Put the demo's members in where nobody is there yet."""
    with store.writing() as db:
        if db.execute("SELECT 1 FROM member").fetchone():
            return
        for number, email, bookings in MEMBERS:
            db.execute("INSERT INTO member VALUES (?, ?, '2021-03-04', 0)", (number, email))
            db.executemany(
                "INSERT INTO points (number, booked_on, points, reason, invoice, worth) VALUES (?, ?, ?, ?, ?, ?)",
                [_booking(number, place) for place in range(bookings)],
            )
            db.executemany(
                "INSERT INTO coupons (number, code, percent, valid_until, used_on) VALUES (?, ?, ?, ?, ?)",
                [(number, "SPRING-7", 10, "2026-05-31", None), (number, "THANKS-5", 5, "2024-12-31", "2024-11-02")],
            )
            db.execute(
                "INSERT INTO memberships (number, programme, joined_on, card) VALUES (?, ?, ?, ?)",
                (number, "Kestrel Club", "2021-03-04", CARD.format(number=number).encode()),
            )


def _booking(number: str, place: int) -> tuple[str, str, int, str, str, str]:
    """One of nine pays an invoice, which bookkeeping law keeps."""
    day = f"{2021 + place // 8}-{place % 12 + 1:02}-{place % 27 + 1:02}"
    if place % 9 == 8:
        return number, day, -200, "redeemed", f"R-{20210 + place}", "10.00"
    return number, day, 15 + place * 3, "purchase", "", "0.00"
