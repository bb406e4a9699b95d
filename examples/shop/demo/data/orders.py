"""The catalogue, and what was ordered, paid, invoiced and reviewed."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from random import Random

from examples.shop.demo.data import words
from examples.shop.demo.data.moments import between, cycle, midnight, spread
from examples.shop.demo.data.people import ALICE, People, Person
from examples.shop.orders.models import Invoice, Order, OrderLine, Payment, Product, Review

SHIPPING, CENT, VAT = Decimal("4.90"), Decimal("0.01"), Decimal("1.19")
LEFT_LAGOS = midnight(2021, 6, 1)
PACKERS = ("Robin Gehrke", "Svenja Pohl", "Tarek Aziz")


@dataclass
class Basket:
    """An order with its lines before either is written."""

    person: Person
    order: Order
    lines: list[OrderLine]


def make(rng: Random, people: People, *, until: datetime) -> list[Basket]:
    """Write everything of this module; the baskets are in the order of their numbers."""
    goods = catalogue()
    baskets = [b for person in people.customers for b in shopping(rng, person, goods, until=until)]
    baskets.sort(key=lambda basket: basket.order.placed_at)
    for number, basket in enumerate(baskets, start=1):
        basket.order.number = f"KM-{10_000 + 7 * number}"
    Order.objects.bulk_create(basket.order for basket in baskets)
    OrderLine.objects.bulk_create(line for basket in baskets for line in basket.lines)
    sold = [basket for basket in baskets if basket.order.status != Order.Status.CANCELLED]
    payments = [payment(rng, basket) for basket in sold]
    Payment.objects.bulk_create(payment for payment in payments if payment.paid_at <= until)  # others are still awaited
    Invoice.objects.bulk_create(invoice(basket, n) for n, basket in enumerate(sold, start=1))
    Review.objects.bulk_create(
        review for person in people.customers for review in reviews(rng, person, goods, until=until)
    )
    return baskets


def catalogue() -> list[Product]:
    """What the shop sells."""
    return Product.objects.bulk_create(
        Product(sku=f"KM{n:04}", name=name, price=Decimal(price), listed_on=midnight(2019, 2, 1).date())
        for n, (name, price) in enumerate(words.PRODUCTS, start=1)
    )


def shopping(rng: Random, person: Person, goods: list[Product], *, until: datetime) -> Iterator[Basket]:
    """One person's orders from the first day on."""
    for placed_at in spread(rng, person.habits.orders, person.since, until):
        status = state(rng, until - placed_at)
        sent = status != Order.Status.CANCELLED and status != Order.Status.PLACED
        order = Order(
            user=person.user,
            placed_at=placed_at,
            status=status,
            shipping=SHIPPING,
            recipient=person.user.get_full_name(),
            delivery_address=destination(person, placed_at),
            phone=person.phone if rng.random() < 0.5 else "",
            parcel=f"TL{rng.randint(10**8, 10**9 - 1)}" if sent else "",
            note=rng.choice(NOTES) if rng.random() < 0.15 else "",
            packed_by=rng.choice(PACKERS) if sent else "",
        )
        lines = list(contents(rng, order, goods))
        order.total = SHIPPING + sum(line.quantity * line.unit_price for line in lines)
        yield Basket(person, order, lines)


NOTES = (
    "Leave it in the bicycle shed, behind the blue door.",
    "A present: no invoice in the parcel.",
    "请不要按门铃，谢谢。",
    "اترك الطرد عند الجيران في الطابق الثاني.",
    "Ring at the workshop 🔔",
)


def state(rng: Random, age: timedelta) -> str:
    """The state of an order of this age."""
    if age < timedelta(days=2):
        return Order.Status.PLACED
    if age < timedelta(days=5):
        return Order.Status.SHIPPED
    return rng.choices([Order.Status.DELIVERED, Order.Status.RETURNED, Order.Status.CANCELLED], [86, 8, 6])[0]


def destination(person: Person, at: datetime) -> str:
    """Where the parcel went. Alice lived in Lagos before she came to Leipzig."""
    if person.habits is ALICE and at < LEFT_LAGOS:
        return "12 Marina Road\nLagos\nNigeria"
    return person.address.replace(", ", "\n", 1)


def contents(rng: Random, order: Order, goods: list[Product]) -> Iterator[OrderLine]:
    """One to four different products."""
    chosen = rng.sample(goods, rng.choices([1, 2, 3, 4], [3, 4, 3, 2])[0])
    for n, product in enumerate(chosen):
        quantity = rng.choices([1, 2, 3], [8, 3, 1])[0]
        returned = 1 if n == 0 and order.status == Order.Status.RETURNED else 0
        yield OrderLine(order=order, product=product, quantity=quantity, unit_price=product.price, returned=returned)


def payment(rng: Random, basket: Basket) -> Payment:
    """How the order was paid."""
    order, method = basket.order, rng.choice(Payment.Method.values)
    card = method == Payment.Method.CARD
    return Payment(
        order=order,
        method=method,
        amount=order.total,
        paid_at=order.placed_at + (timedelta(minutes=2) if card else timedelta(days=rng.randint(1, 9))),
        holder=order.recipient,
        last_four="4417" if card and basket.person.habits is ALICE else f"{rng.randint(0, 9999):04}" if card else "",
        provider_token=f"pfp_{rng.getrandbits(96):024x}" if card else "",
    )


def invoice(basket: Basket, n: int) -> Invoice:
    """The document, with a copy of name and address."""
    order = basket.order
    net = (order.total / VAT).quantize(CENT, ROUND_HALF_UP)
    return Invoice(
        user=order.user,
        order=order,
        number=f"R-{order.placed_at:%y}-{n:05}",
        issued_on=order.placed_at.date(),
        name="Okafor Letterpress, Alice Okafor" if basket.person.habits is ALICE else order.recipient,
        address=order.delivery_address,
        vat_number="DE811907980" if basket.person.habits is ALICE else "",
        net=net,
        vat=order.total - net,
    )


def reviews(rng: Random, person: Person, goods: list[Product], *, until: datetime) -> Iterator[Review]:
    """What the person wrote about products, each once."""
    texts = cycle(rng, words.REVIEWS, person.habits.reviews)
    for product, text in zip(rng.sample(goods, person.habits.reviews), texts, strict=True):
        stars = rng.choices([5, 4, 3, 2], [6, 4, 2, 1])[0]
        written_at = between(rng, person.since, until)
        yield Review(
            user=person.user, product=product, author_name=person.name, stars=stars, text=text, written_at=written_at
        )
