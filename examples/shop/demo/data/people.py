"""The people: Alice and Bob with much data, Dana and Axel of the office, the care team, some 300 customers."""

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from functools import cache
from random import Random
from unicodedata import normalize

from allauth.account.models import EmailAddress
from allauth.mfa.adapter import get_adapter
from allauth.mfa.models import Authenticator
from django.contrib.auth.hashers import make_password
from django.contrib.auth.models import Group, User

from examples.shop.customers.models import Address, BusinessProfile, Profile
from examples.shop.demo.accounts import AUTHENTICATORS, PASSWORD, ROLES
from examples.shop.demo.data import words
from examples.shop.demo.data.moments import between, midnight

CUSTOMERS = 298  # beside Alice and Bob


@dataclass(frozen=True)
class Habits:
    """How much somebody does. The figures of Alice and Bob are what the tour and the tests rely on."""

    orders: int
    logins: int
    tickets: int
    posts: int
    comments: int
    likes: int
    reviews: int
    notifications: int
    follows: int
    changes: int


ALICE = Habits(
    orders=42,
    logins=318,
    tickets=9,
    posts=22,
    comments=118,
    likes=160,
    reviews=14,
    notifications=140,
    follows=22,
    changes=24,
)
BOB = Habits(
    orders=9,
    logins=36,
    tickets=2,
    posts=2,
    comments=10,
    likes=10,
    reviews=3,
    notifications=16,
    follows=5,
    changes=4,
)


@dataclass(frozen=True)
class Person:
    """A customer with all that other data is made from."""

    user: User
    name: str  # as the community knows them
    since: datetime
    address: str
    phone: str
    ips: tuple[str, ...]
    devices: tuple[str, ...]
    habits: Habits


@dataclass
class People:
    """Everybody, in the order of their keys."""

    customers: list[Person] = field(default_factory=list)
    care: list[User] = field(default_factory=list)

    @property
    def alice(self) -> Person:
        return self.customers[0]

    @property
    def bob(self) -> Person:
        return self.customers[1]


def make(rng: Random, *, until: datetime) -> People:
    """Write accounts, profiles and address books."""
    people = People()
    accounts = [*known(), *strangers(rng)]
    users = User.objects.bulk_create(user(rng, n, *account, until=until) for n, account in enumerate(accounts))
    named = {user.username: user for user in users}
    people.care = [named["nuria"], named["jonas"], named["mina"]]
    shoppers = [named["alice"], named["bob"], *users[len(known()) :]]
    people.customers = [person(rng, n, user) for n, user in enumerate(shoppers)]
    EmailAddress.objects.bulk_create(
        EmailAddress(user=user, email=user.email, verified=True, primary=True) for user in users
    )
    EmailAddress.objects.create(user=named["alice"], email="alice.okafor@example.org", verified=True, primary=False)
    give_roles(named, at=until)
    profiles(rng, people)
    address_book(rng, people)
    return people


def known() -> list[tuple[str, str, str]]:
    """Who the tour needs: (name of the account, first name, last name)."""
    return [
        ("alice", "Alice", "Okafor"),
        ("bob", "Bob", "Lindqvist"),
        ("dana", "Dana", "Whitfield"),
        ("axel", "Axel", "Brandt"),
        ("nuria", "Nuria", "Feld"),
        ("jonas", "Jonas", "Petzold"),
        ("mina", "Mina", "Sato"),
    ]


def strangers(rng: Random) -> list[tuple[str, str, str]]:
    """The other customers, each name once."""
    pairs = [(first, last) for first in words.FIRST_NAMES for last in words.LAST_NAMES]
    return [(handle(first, n), first, last) for n, (first, last) in enumerate(rng.sample(pairs, CUSTOMERS), start=1)]


def handle(first: str, n: int) -> str:
    """A name of an account that says little about whose it is: "zoe17"."""
    letters = normalize("NFKD", first).encode("ascii", "ignore").decode()
    return f"{letters.lower()}{n}"


def user(rng: Random, n: int, username: str, first: str, last: str, *, until: datetime) -> User:
    """An account. Only the four of the tour have a password; the others would sign in by an e-mailed code."""
    since = (
        midnight(2019, 5, 14) + timedelta(hours=8)
        if n == 0
        else between(rng, midnight(2020, 1, 1), until - timedelta(days=120))
    )
    tour = username in ROLES
    return User(
        username=username,
        first_name=first,
        last_name=last,
        email=f"{username}@example.com",
        password=scrambled() if tour else "!demo",
        is_staff=username in {"dana", "axel", "nuria", "jonas", "mina"},
        date_joined=since,
        last_login=None if tour else between(rng, until - timedelta(days=60), until),
    )


@cache
def scrambled() -> str:
    """The demo's password as stored. The salt is fixed so that two fillings are alike: never do this elsewhere."""
    return make_password(PASSWORD, salt="KestrelAndMossDemoOnly")


def person(rng: Random, n: int, user: User) -> Person:
    """What goes with a customer's account."""
    address = other_address(rng)
    ips: tuple[str, ...] = (
        f"2001:db8:{n + 1:x}::{rng.randint(2, 99):x}",
        f"2001:db8:{n + 1:x}:1::{rng.randint(2, 99):x}",
    )
    if n == 0:
        address, ips = "Karl-Heine-Straße 58, 04229 Leipzig", ("203.0.113.24", "198.51.100.77", *ips)
    return Person(
        user=user,
        name=user.first_name if rng.random() < 0.6 else f"{user.first_name} {user.last_name[0]}.",
        since=user.date_joined,
        address=address,
        phone=f"+49 341 555 {rng.randint(1000, 9999)}",
        ips=ips,
        devices=tuple(rng.sample(words.DEVICES, 2)),
        habits={0: ALICE, 1: BOB}.get(n) or habits(rng),
    )


def habits(rng: Random) -> Habits:
    """Most people do little, a few do much."""
    eager = rng.random() ** 3
    most = {"orders": 9, "logins": 24, "tickets": 2, "posts": 2, "comments": 12, "likes": 24}
    rest = {"reviews": 4, "notifications": 14, "follows": 6, "changes": 5}
    return Habits(**{what: round(eager * number + rng.random()) for what, number in {**most, **rest}.items()})


def give_roles(named: dict[str, User], *, at: datetime) -> None:
    """Put the office into its groups, each with the authenticator of the demo."""
    for username, roles in ROLES.items():
        named[username].groups.set([Group.objects.get_or_create(name=role)[0] for role in roles])
    Group.objects.get_or_create(name="Privacy auditors")
    Authenticator.objects.bulk_create(
        Authenticator(
            user=named[username],
            type=Authenticator.Type.TOTP,
            data={"secret": get_adapter().encrypt(secret)},
            created_at=at,
        )
        for username, secret in AUTHENTICATORS.items()
    )


def profiles(rng: Random, people: People) -> None:
    """A profile for every customer, and Alice's is that of a business customer."""
    alice, *others = people.customers
    BusinessProfile.objects.create(
        **profile(rng, alice),
        company="Okafor Letterpress",
        vat_number="DE811907980",
        accounts_contact="Henrike Sommerfeld",
    )
    Profile.objects.bulk_create(Profile(**profile(rng, person)) for person in others)
    about = "I print, I walk, I drink tea. من لاغوس إلى لايبزيغ 🌿 住在莱比锡。"
    Profile.objects.filter(user=alice.user).update(birth_date=date(1988, 11, 3), about=about)


def profile(rng: Random, person: Person) -> dict[str, object]:
    """The values of a profile."""
    return {
        "user": person.user,
        "display_name": person.name,
        "phone": person.phone if rng.random() < 0.7 or person.habits is ALICE else "",
        "birth_date": date(rng.randint(1950, 2004), rng.randint(1, 12), rng.randint(1, 28))
        if rng.random() < 0.3
        else None,
        "language": rng.choices(["en", "de", "ar"], [3, 6, 1])[0],
        "member_since": person.since.date(),
        "preferences": {
            "newsletter_hints": rng.random() < 0.5,
            "units": "metric",
            "tea": rng.choice(["green", "black"]),
        },
    }


def address_book(rng: Random, people: People) -> None:
    """Alice has three addresses, one of them in Lagos; the others one or two."""
    entries = [home(person, "Home", person.address, is_default=True) for person in people.customers]
    alice = people.alice
    entries.append(home(alice, "Workshop", "Spinnereistraße 7, 04179 Leipzig"))
    lagos = {"title": "Lagos", "street": "12 Marina Road", "city": "Lagos", "country": Address.Country.NIGERIA}
    entries.append(Address(user=alice.user, recipient="Alice Okafor", **lagos))
    entries += [home(person, "Parents", other_address(rng)) for person in people.customers[2:] if rng.random() < 0.25]
    Address.objects.bulk_create(entries)


def home(person: Person, title: str, address: str, *, is_default: bool = False) -> Address:
    """An entry of the address book from "street, postcode city"."""
    street, place = address.split(", ", 1)
    postcode, city = place.split(" ", 1)
    country = Address.Country.AUSTRIA if len(postcode) == 4 else Address.Country.GERMANY
    return Address(
        user=person.user,
        title=title,
        recipient=person.user.get_full_name(),
        street=street,
        postcode=postcode,
        city=city,
        country=country,
        is_default=is_default,
    )


def other_address(rng: Random) -> str:
    """Somewhere else."""
    postcode, city, _country = rng.choice(words.CITIES)
    return f"{rng.choice(words.STREETS)} {rng.randint(2, 140)}, {postcode} {city}"
