"""What docs/housekeeping.md says: its example can be copied, and every argument stands in its table."""

import inspect
import re
from pathlib import Path

from django.contrib.auth.models import User

from tasks.datamap.sweeps import Sweeps

GUIDE = (Path(__file__).parents[2] / "docs" / "housekeeping.md").read_text(encoding="utf-8")


def test_the_example_runs_and_is_taken(registry, noon):
    [example] = re.findall(r"```python\n(.*?)```", GUIDE, re.DOTALL)[:1]

    exec(compile(example, "docs/housekeeping.md", "exec"), {"__name__": "examples.shop.customers.privacy"})

    [sweep] = registry
    assert (sweep.key, sweep.notice.days, sweep.find(noon).model) == ("customers.inactive", 30, User)


def test_every_argument_of_a_declaration_is_in_the_guide():
    names = set(inspect.signature(Sweeps.declare).parameters) - {"self", "title"}

    assert {name for name in names if f"| `{name}` |" not in GUIDE} == set()
