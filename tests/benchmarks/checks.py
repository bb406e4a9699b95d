# ruff: noqa: E402 - models need Django first
"""What the checks of the data map cost in a project of 250 described models, each tied to a person.

python -m tests.benchmarks.checks
"""

import os
import time

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.settings")
django.setup()

from django.contrib.auth.models import User
from django.db import models

from tasks import datamap
from tasks.datamap.checks import check_data_map
from tasks.datamap.fingerprint import version_hash
from tasks.datamap.inventory import inventory

MODELS, FIELDS = 250, 12
ROUNDS = 5


def main() -> None:
    made = time.process_time()
    for number in range(MODELS):
        describe(model(number))
    print(f"declared: {time.process_time() - made:.3f} s of CPU")
    for work in (check_data_map, inventory, version_hash):
        spent = []
        for _ in range(ROUNDS):
            begun = time.process_time()
            work()
            spent.append(time.process_time() - begun)
        print(f"{work.__name__}: {spent[0]:.3f} s the first time, {min(spent):.3f} s at best of {ROUNDS}")


def model(number: int) -> type[models.Model]:
    """A model with a key to the person, one to the model before it, and plain fields."""
    name = f"Made{number}"
    members: dict[str, object] = {
        "__module__": __name__,
        "Meta": type("Meta", (), {"app_label": "benchmarks"}),
        "user": models.ForeignKey(User, models.CASCADE, related_name="+"),
        **{f"field_{place}": models.CharField(max_length=40) for place in range(FIELDS)},
    }
    if number:
        members["before"] = models.ForeignKey(f"Made{number - 1}", models.SET_NULL, null=True, related_name="+")
    return type(name, (models.Model,), members)


def describe(made: type[models.Model]) -> None:
    fields = tuple(field.name for field in made._meta.fields if field.name not in ("id", "user"))
    datamap.register(made)(type(f"{made.__name__}Privacy", (datamap.ModelPrivacy,), {"fields": fields}))


if __name__ == "__main__":
    main()
