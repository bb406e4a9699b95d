"""What the tests of covering by hand share: Alice's copy, in which something is her neighbour's."""

from dataclasses import dataclass

from django.contrib.auth.models import User

from examples.shop.customers.models import Address
from tasks.cases import operations, queries
from tasks.cases.covering import Spot
from tasks.cases.models import Case
from tasks.collector import Subject
from tasks.transform import Record
from tests.cases.conftest import run_due

ADDRESS = "customers.Address"


@dataclass
class Copies:
    """Alice's copy in review, with two addresses of which one is her neighbour's."""

    case: Case
    hers: Address
    neighbours: Address

    @property
    def spot(self) -> Spot:
        return Spot(ADDRESS, str(self.neighbours.pk), "recipient")


def address(user, recipient):
    return Address.objects.create(
        user=user, recipient=recipient, street="Lindenweg 4", postcode="04109", city="Leipzig", country="DE"
    )


def asked_again(alice, office, at):
    case = operations.open_access(
        Subject(User, alice.pk, "default"), by=office.alice, at=at, contact="alice@example.com", person="Alice Hartmann"
    )
    return run_due(case, at=at)


def redact(copies, office, noon, *, by=None, spots=None, case=None, **given):
    reason = given or {"ground": "person"}
    spots = [copies.spot] if spots is None else spots
    return operations.redact(case or copies.case, spots, by=by or office.dana, at=noon, **reason)


def approve(case, office, noon, *, by=None, seen=None):
    return operations.approve(case, by=by or office.axel, at=noon, seen_hash=seen or case.content_hash)


def texts(case):
    return [str(item) + str(tuple(item)) for item in queries.preview(case) if isinstance(item, Record)]
