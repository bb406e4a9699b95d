"""Conversations with the care team, and the files that came with them."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from random import Random

from django.contrib.contenttypes.models import ContentType
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage

from examples.shop.demo.data import files, words
from examples.shop.demo.data.moments import cycle, spread
from examples.shop.demo.data.orders import Basket
from examples.shop.demo.data.people import People, Person
from examples.shop.support.models import Attachment, Ticket, TicketMessage

THREE_YEARS = timedelta(days=3 * 365)  # how long conversations are kept


def make(rng: Random, people: People, baskets: list[Basket], *, until: datetime) -> None:
    """Write everything of this module."""
    tickets = [t for person in people.customers for t in conversations(rng, person, baskets, until=until)]
    tickets.sort(key=lambda ticket: ticket.opened_at)
    for n, ticket in enumerate(tickets, start=1):
        ticket.number = f"T-{2_000 + 3 * n}"
    messages = [message for ticket in tickets for message in exchange(rng, ticket, people, until=until)]
    mention(messages, people)
    Ticket.objects.bulk_create(tickets)
    TicketMessage.objects.bulk_create(messages)
    attach(rng, messages, people)


def conversations(rng: Random, person: Person, baskets: list[Basket], *, until: datetime) -> Iterator[Ticket]:
    """What a person asked, about one of the own orders where the question needs one."""
    orders = [basket.order for basket in baskets if basket.person is person]
    questions = cycle(rng, [subject for subject, _text in words.QUESTIONS], person.habits.tickets)
    moments = spread(rng, person.habits.tickets, max(person.since, until - THREE_YEARS), until - timedelta(days=1))
    for subject, at in zip(questions, moments, strict=True):
        earlier = [order for order in orders if order.placed_at < at]
        order = earlier[-1] if earlier else None
        phone = person.phone if rng.random() < 0.3 else ""
        yield Ticket(customer=person.user, order=order, subject=subject, phone=phone, opened_at=at)


def exchange(rng: Random, ticket: Ticket, people: People, *, until: datetime) -> list[TicketMessage]:
    """The messages of a conversation in turn, first the question; sets the state of the ticket, too."""
    question = dict(words.QUESTIONS)[ticket.subject].format(
        order=ticket.order.number if ticket.order else "of last week"
    )
    agent = rng.choice(people.care)
    turns = [question, *alternate(rng, rng.randint(1, 6))]
    messages, at = [], ticket.opened_at
    for n, text in enumerate(turns):
        from_staff = n % 2 == 1
        messages.append(
            TicketMessage(
                ticket=ticket, agent=agent if from_staff else None, from_staff=from_staff, text=text, sent_at=at
            )
        )
        at = min(at + timedelta(minutes=rng.randint(9, 1600)), until)
    ticket.changed_at = messages[-1].sent_at
    fresh = until - ticket.changed_at < timedelta(days=14)
    open_state = Ticket.Status.WAITING if messages[-1].from_staff else Ticket.Status.OPEN
    ticket.status = open_state if fresh else Ticket.Status.SOLVED
    return messages


def mention(messages: list[TicketMessage], people: People) -> None:
    """Let Alice write about somebody else, as people do: the office has to look at that before it goes out."""
    hers = [message for message in messages if message.ticket.customer == people.alice.user and not message.from_staff]
    hers[-1].text += f" {words.NEIGHBOUR}"


def alternate(rng: Random, number: int) -> list[str]:
    """Answers of the staff and the customer in turn."""
    staff, customer = cycle(rng, words.STAFF_ANSWERS, number), cycle(rng, words.CUSTOMER_ANSWERS, number)
    return [next(customer if n % 2 else staff) for n in range(number)]


def attach(rng: Random, messages: list[TicketMessage], people: People) -> None:
    """A picture or a note at some questions; at each of Alice's. The names are fixed, the files real."""
    of_messages = ContentType.objects.get_for_model(TicketMessage)
    attachments = []
    for message in messages:
        alice = message.ticket.customer == people.alice.user
        opening = message.sent_at == message.ticket.opened_at
        if not opening or not (alice or rng.random() < 0.3):
            continue
        name, media_type, content = files.picture(rng) if rng.random() < 0.7 else files.note(message.text)
        path = f"attachments/{message.ticket.number}-{name}"
        if not default_storage.exists(path):  # left by a filling that was stopped
            default_storage.save(path, ContentFile(content))
        owner = {"content_type": of_messages, "object_id": message.pk}
        attachments.append(
            Attachment(**owner, file=path, name=name, media_type=media_type, uploaded_at=message.sent_at)
        )
    Attachment.objects.bulk_create(attachments)
