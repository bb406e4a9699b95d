"""Let one contestant erase the subject, and print how many rows each table has left, as JSON.

python -m tests.benchmarks.left erase
"""

import json
import sys

import django
from django.apps import apps
from django.db.models import QuerySet


def main(name: str) -> None:
    from tests.benchmarks.contestants import ERASERS
    from tests.benchmarks.world import SUBJECT

    ERASERS[name](SUBJECT)
    models = apps.get_app_config("market").get_models(include_auto_created=True)
    print(json.dumps({model._meta.label: QuerySet(model=model).count() for model in models}))


if __name__ == "__main__":
    django.setup()
    main(sys.argv[1])
