"""What docs/housekeeping.md says: its example can be copied, and every argument stands in its table."""

import inspect
import re
from pathlib import Path

from django.contrib.auth.models import User

from tasks.datamap.inventory import inventory
from tasks.datamap.lock import diff
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


def test_the_data_map_tells_when_a_sweep_comes_changes_and_goes(registry):
    def declare(**facts: str) -> None:
        registry.declare("Inactive", **{"every": "1 day", "key": "inactive", **facts})(
            test_the_example_runs_and_is_taken
        )

    without = inventory()
    declare(notice="30 days")
    told = inventory()
    declare(notice="12 hours")
    changed = inventory()

    where = "tests.housekeeping.test_sweeps_guide.test_the_example_runs_and_is_taken"
    said = f"every 1 day, notice 30 days, limit 5 %, at most 10000 rows, {where}"
    assert [str(change) for change in diff(without, told)] == [f"sweep `inactive`: {said}"]
    [change] = diff(told, changed)
    assert (change.kind, "12 hours" in change.detail) == ("changed", True)
    assert [change.kind for change in diff(changed, without)] == ["removed"]
