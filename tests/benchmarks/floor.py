"""What somebody writes who knows this one schema by heart: a statement per way to a table, streamed, as JSON lines.

The yardstick for ``collector.lines``: the same rows and the same values, and no engine. ``lines`` encodes in Python
with orjson; ``server_lines`` lets the database make the JSON.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import orjson
from django.db import connection

ORDERS = "SELECT id FROM market_order WHERE user_id = {me}"
POSTS = "SELECT id FROM market_post WHERE author_id = {me}"
PAYMENTS = f"SELECT id FROM market_payment WHERE order_id IN ({ORDERS})"
CARTS = "SELECT id FROM market_cart WHERE user_id = {me}"
WISHLISTS = "SELECT id FROM market_wishlist WHERE user_id = {me}"
# The subject's comments, those on the subject's posts, and the answers to all of them, of any depth.
COMMENTS = f"""
    WITH RECURSIVE mine(id) AS (
        SELECT * FROM (
            SELECT id FROM market_comment WHERE author_id = {{me}}
            UNION
            SELECT id FROM market_comment WHERE post_id IN ({POSTS})
        ) AS first
        UNION
        SELECT answer.id FROM mine {{answers}}
    ) SELECT id FROM mine"""
# PostgreSQL takes the whole table where it does not know how few there will be; SQLite has other words, and no need.
ANSWERS = {
    "sqlite": "JOIN market_comment answer ON answer.parent_id = mine.id",
    "postgresql": "CROSS JOIN LATERAL (SELECT id FROM market_comment WHERE parent_id = mine.id OFFSET 0) answer",
}
AMONG = {"sqlite": "IN ({0})", "postgresql": "= ANY(ARRAY({0}))"}


@dataclass(frozen=True)
class Statement:
    """One way to rows of one table. ``columns``: a name, with ``:kind`` where JSON has another form than the table."""

    model: str
    columns: str
    where: str
    owned: bool = True

    @property
    def names(self) -> list[str]:
        return [column.partition(":")[0] for column in self.columns.split()]

    @property
    def kinds(self) -> list[str]:
        return [column.partition(":")[2] for column in self.columns.split()]

    def expressions(self, kinds: dict[str, str]) -> list[tuple[str, str]]:
        """``(name, what is selected)`` for each column, by what ``kinds`` says."""
        pairs = zip(self.names, self.kinds, strict=True)
        return [(name, kinds.get(kind, "{0}").format(f'"{name}"')) for name, kind in pairs]

    @property
    def table(self) -> str:
        return f'"market_{self.model.lower()}"'


# The password is withheld.
USER = "id last_login:time email first_name last_name is_active:bool joined_at:time invited_by_id"
ORDER = "id user_id number status placed_at:time ship_to_id total:money currency gift:bool note"
POST = "id author_id title text published_at:time pinned_id"
TICKET = "id user_id agent_id order_id subject opened_at:time"
AUDIT = "id content_type_id object_id action at:time"

STATEMENTS = (
    Statement("User", USER, "id = {me}"),
    Statement("User", USER, "invited_by_id = {me} AND id <> {me}", owned=False),
    Statement("Profile", "user_id phone birthday about settings:json", "user_id = {me}"),
    Statement("Address", "id user_id street city country", "user_id = {me}"),
    Statement("Order", ORDER, "user_id = {me}"),
    Statement("OrderLine", "id order_id product_id text quantity price:money", f"order_id IN ({ORDERS})"),
    Statement("Payment", "id order_id paid_at:time amount:money", f"order_id IN ({ORDERS})"),
    Statement("CardPayment", "payment_ptr_id last_four holder", f"payment_ptr_id IN ({PAYMENTS})"),
    Statement("Shipment", "id:uuid order_id sent_on carrier", f"order_id IN ({ORDERS})"),
    Statement("Cart", "id user_id changed_at:time", "user_id = {me}"),
    Statement("CartItem", "id cart_id product_id quantity", f"cart_id IN ({CARTS})"),
    Statement("Wishlist", "id user_id name", "user_id = {me}"),
    Statement("Wishlist_products", "id wishlist_id product_id", f"wishlist_id IN ({WISHLISTS})"),
    Statement("Review", "id user_id product_id stars text written_at:time", "user_id = {me}"),
    Statement("Post", POST, "author_id = {me}"),
    Statement("Post", POST, "pinned_id {among_comments} AND author_id <> {me}", owned=False),
    Statement("Post_tags", "id post_id tag_id", f"post_id IN ({POSTS})"),
    Statement(
        "Attachment", "id content_type_id object_id name size", f"content_type_id = {{post}} AND object_id IN ({POSTS})"
    ),
    Statement("Comment", "id post_id author_id parent_id text written_at:time", "id {among_comments}"),
    Statement("Like", "id user_id post_id given_at:time", "user_id = {me}"),
    Statement("Like", "id user_id post_id given_at:time", f"post_id IN ({POSTS}) AND user_id <> {{me}}"),
    Statement("Message", "id sender_id recipient_id text sent_at:time", "sender_id = {me}"),
    Statement("Message", "id sender_id recipient_id text sent_at:time", "recipient_id = {me} AND sender_id <> {me}"),
    Statement("Notification", "id user_id kind text seen:bool at:time", "user_id = {me}"),
    Statement("PageView", "id user_id path ip at:time", "user_id = {me}", owned=False),
    Statement("Follow", "id follower_id followed_id since", "follower_id = {me} OR followed_id = {me}"),
    Statement("Membership", "id club_id user_id since", "user_id = {me}"),
    Statement("Club", "id founder_id name", "founder_id = {me}", owned=False),
    Statement("Ticket", TICKET, f"user_id = {{me}} OR agent_id = {{me}} OR order_id IN ({ORDERS})", owned=False),
    Statement("TicketMessage", "id ticket_id author_id text at:time", "author_id = {me}", owned=False),
    Statement("AuditEntry", AUDIT, "content_type_id = {user} AND object_id = {me_text}", owned=False),
    Statement("AuditEntry", AUDIT, "content_type_id = {order} AND object_id IN ({orders_text})", owned=False),
    Statement("AuditEntry", AUDIT, "content_type_id = {post} AND object_id IN ({posts_text})", owned=False),
)
SQLITE = {
    "time": "replace({0}, ' ', 'T') || '+00:00'",
    "money": "printf('%.2f', {0})",
    "uuid": "substr({0},1,8)||'-'||substr({0},9,4)||'-'||substr({0},13,4)||'-'||substr({0},17,4)||'-'||substr({0},21)",
}
POSTGRES = {"money": "{0}::text", "uuid": "{0}::text", "json": "{0}::text"}


def lines(me: int) -> Iterator[bytes]:
    """Every row about ``me`` as a line of JSON."""
    known = facts(me)
    for statement in STATEMENTS:
        names, kinds, model = statement.names, statement.kinds, f"market.{statement.model}"
        sqlite = connection.vendor == "sqlite"
        flags = [place for place, kind in enumerate(kinds) if kind == "bool" and sqlite]
        texts = [place for place, kind in enumerate(kinds) if kind == "json"]
        for rows in chunks(select(statement, known)):
            if flags or texts:
                rows = [changed(row, flags, texts) for row in rows]
            yield b"".join(
                orjson.dumps(
                    {
                        "model": model,
                        "pk": row[0],
                        "owned": statement.owned,
                        "values": dict(zip(names, row, strict=True)),
                    },
                    option=orjson.OPT_APPEND_NEWLINE,
                )
                for row in rows
            )


def changed(row: tuple[Any, ...], flags: list[int], texts: list[int]) -> list[Any]:
    """A row whose booleans are booleans, and whose JSON goes through as it is."""
    values = list(row)
    for place in flags:
        values[place] = bool(values[place])
    for place in texts:
        values[place] = orjson.Fragment(values[place])
    return values


def server_lines(me: int) -> Iterator[bytes]:
    """The same, with JSON made by the database; PostgreSQL sends it by ``COPY``."""
    known = facts(me)
    make = server_sqlite if connection.vendor == "sqlite" else server_postgres
    for statement in STATEMENTS:
        yield from make(statement, known)


def server_sqlite(statement: Statement, known: dict[str, str]) -> Iterator[bytes]:
    kinds = {"bool": "json(iif({0}, 'true', 'false'))", "json": "json({0})", **SQLITE}
    (_, key), *_ = pairs = statement.expressions(kinds)
    values = ", ".join(f"'{name}', {expression}" for name, expression in pairs)
    owned = "json('true')" if statement.owned else "json('false')"
    head = f"'model', 'market.{statement.model}', 'pk', {key}, 'owned', {owned}"
    made = f"json_object({head}, 'values', json_object({values}))"
    for rows in chunks(f"SELECT {made} FROM {statement.table} WHERE {statement.where}".format(**known)):
        yield "".join([f"{row[0]}\n" for row in rows]).encode()


def server_postgres(statement: Statement, known: dict[str, str]) -> Iterator[bytes]:
    pairs = statement.expressions({"money": "{0}::text"})
    columns = ", ".join(f'{expression} AS "{name}"' for name, expression in pairs)
    inner = f"SELECT {columns} FROM {statement.table} WHERE {statement.where}".format(**known)
    key, owned = statement.names[0], "true" if statement.owned else "false"
    made = f"""SELECT row_to_json(line) FROM (
        SELECT 'market.{statement.model}' AS model, "{key}" AS pk, {owned} AS owned, row AS "values" FROM ({inner}) row
    ) line"""
    with connection.cursor() as cursor, cursor.copy(f"COPY ({made}) TO STDOUT") as copy:
        yield from (bytes(data) for data in copy)


def select(statement: Statement, known: dict[str, str]) -> str:
    """The statement in this database's words."""
    pairs = statement.expressions(SQLITE if connection.vendor == "sqlite" else POSTGRES)
    columns = ", ".join(expression for _, expression in pairs)
    return f"SELECT {columns} FROM {statement.table} WHERE {statement.where}".format(**known)


def facts(me: int) -> dict[str, str]:
    """What the statements are filled with: keys, all of them whole numbers of ours."""
    from django.contrib.contenttypes.models import ContentType

    types = {name: str(ContentType.objects.get_by_natural_key("market", name).pk) for name in ("user", "order", "post")}
    texts = {
        f"{name}_text": keys.replace("SELECT id", "SELECT CAST(id AS text)").format(me=me)
        for name, keys in (("orders", ORDERS), ("posts", POSTS))
    }
    comments = AMONG[connection.vendor].format(COMMENTS.format(me=me, answers=ANSWERS[connection.vendor]))
    return {"me": str(me), "me_text": f"'{me}'", "among_comments": comments, **types, **texts}


def chunks(sql: str) -> Iterator[list[tuple[Any, ...]]]:
    """The rows of a statement, a few thousand at a time, so that memory stays flat."""
    with cursor_for(connection.vendor)() as cursor:
        cursor.execute(sql)
        while rows := cursor.fetchmany(2_000):
            yield rows


def cursor_for(vendor: str) -> Callable[[], Any]:
    """A cursor that streams: on PostgreSQL one of the server's, which lives inside a transaction."""
    return connection.chunked_cursor if vendor == "postgresql" else connection.cursor
