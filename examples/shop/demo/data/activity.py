"""What happens on an account: sign-ins, changes, notifications, and who follows whom."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from random import Random

from examples.shop.customers.models import AuditLog, Follow, LoginEvent, Notification
from examples.shop.demo.data import words
from examples.shop.demo.data.moments import between, cycle, spread
from examples.shop.demo.data.people import People, Person

YEAR = timedelta(days=364)  # sign-ins are kept for twelve months
Outcome = LoginEvent.Outcome
STRANGERS_IP = "192.0.2.66"


def make(rng: Random, people: People, *, until: datetime) -> None:
    """Write everything of this module."""
    events = [event for person in people.customers for event in logins(rng, person, until=until)]
    events += attempts_of_strangers(rng, until=until)
    LoginEvent.objects.bulk_create(sorted(events, key=lambda event: event.at))
    AuditLog.objects.bulk_create(entry for person in people.customers for entry in changes(rng, person, until=until))
    Notification.objects.bulk_create(
        letter for person in people.customers for letter in notifications(rng, person, until=until)
    )
    Follow.objects.bulk_create(follows(rng, people, until=until))


def logins(rng: Random, person: Person, *, until: datetime) -> Iterator[LoginEvent]:
    """Sign-ins of the last year. Before a few of them somebody mistyped, and that row has no user."""
    outcomes = [Outcome.SIGNED_IN] * 7 + [Outcome.SIGNED_OUT] * 3 + [Outcome.WRONG_CODE]
    start = max(person.since, until - YEAR)
    for n, at in enumerate(spread(rng, person.habits.logins, start, until)):
        device = rng.randrange(2)
        ip, agent = person.ips[rng.randrange(len(person.ips))], person.devices[device]
        outcome = Outcome.SIGNED_IN if n % 40 == 0 else rng.choice(outcomes)
        yield LoginEvent(user=person.user, at=at, ip=ip, user_agent=agent, outcome=outcome)
        if n % 40 == 0:
            early = at - timedelta(seconds=rng.randint(5, 50))
            yield LoginEvent(at=early, ip=ip, user_agent=agent, outcome=Outcome.WRONG_PASSWORD)


def attempts_of_strangers(rng: Random, *, until: datetime) -> Iterator[LoginEvent]:
    """Attempts that nobody's address explains. They belong to no customer's answer."""
    for at in spread(rng, 40, until - YEAR, until):
        yield LoginEvent(at=at, ip=STRANGERS_IP, user_agent="python-requests/2.33", outcome=Outcome.WRONG_PASSWORD)


def changes(rng: Random, person: Person, *, until: datetime) -> Iterator[AuditLog]:
    """What the person changed on the account."""
    details = {
        AuditLog.Action.PROFILE: "telephone",
        AuditLog.Action.ADDRESS: person.address,
        AuditLog.Action.PASSWORD: "",
        AuditLog.Action.EMAIL: person.user.email,
        AuditLog.Action.EXPORT: "CSV",
    }
    start = max(person.since, until - 3 * YEAR)
    for at in spread(rng, person.habits.changes, start, until):
        action = rng.choice(list(details))
        yield AuditLog(user=person.user, at=at, action=action, detail=details[action], ip=person.ips[0])


def notifications(rng: Random, person: Person, *, until: datetime) -> Iterator[Notification]:
    """What the shop told the person in the last two years."""
    kinds = cycle(rng, [*Notification.Kind.values], person.habits.notifications)
    moments = spread(rng, person.habits.notifications, max(person.since, until - 2 * YEAR), until)
    for kind, at in zip(kinds, moments, strict=True):
        read_at = min(at + timedelta(hours=rng.randint(1, 90)), until) if rng.random() < 0.8 else None
        yield Notification(user=person.user, kind=kind, payload=payload(rng, kind), sent_at=at, read_at=read_at)


def payload(rng: Random, kind: str) -> dict[str, object]:
    """The content of a notification: a text and what the shop's page needs beside it."""
    product, price = rng.choice(words.PRODUCTS)
    match kind:
        case Notification.Kind.PARCEL:
            parcel = f"TL{rng.randint(10**8, 10**9 - 1)}"
            return {"text": f"Your parcel {parcel} is on its way.", "parcel": parcel, "carrier": "Talweg"}
        case Notification.Kind.PRICE:
            return {"text": f"{product} costs {price} € now.", "product": product, "price": price, "currency": "EUR"}
        case Notification.Kind.REPLY:
            return {"text": f"Somebody answered below “{rng.choice(words.TITLES)}”.", "where": "community"}
    return {"text": "Somebody new follows you.", "where": "community"}


def follows(rng: Random, people: People, *, until: datetime) -> list[Follow]:
    """Who follows whom; many follow Alice."""
    pairs: dict[tuple[int, int], Follow] = {}
    for person in people.customers:
        others = [other for other in people.customers if other is not person]
        chosen = rng.sample(others, person.habits.follows)
        if person is not people.alice and person.habits.follows > 3 and people.alice not in chosen:
            chosen.append(people.alice)
        for other in chosen:
            since = between(rng, max(person.since, other.since), until)
            pairs[person.user.pk, other.user.pk] = Follow(follower=person.user, followed=other.user, since=since)
    return list(pairs.values())
