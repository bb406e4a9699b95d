"""Every example of docs/declare.md can be copied: it runs, and Dossier takes what it declares."""

import re
from datetime import timedelta
from pathlib import Path
from typing import Any, get_type_hints

import pytest
from django.contrib.auth.models import User
from django.utils.translation import gettext_lazy as _

from examples.shop.orders.models import Order, OrderLine
from tasks import datamap
from tasks.datamap import ModelPrivacy, registry
from tests.hosts.zoo.models import Hit

GUIDE = Path(__file__).parents[2] / "docs" / "declare.md"
EXAMPLES = re.findall(r"^```python\n(.*?)^```", GUIDE.read_text(), re.MULTILINE | re.DOTALL)
MODELS = {"Order": Order, "OrderLine": OrderLine, "User": User, "Hit": Hit}
NAMES = {name: getattr(datamap, name) for name in datamap.__all__}


@pytest.fixture
def taken(monkeypatch: pytest.MonkeyPatch) -> dict[type, Any]:
    """What an example registers, taken only as long as it is looked at: the demo has declarations of its own."""
    found: dict[type, Any] = {}

    def register(*models: Any) -> Any:
        def decorate(declaration: type[ModelPrivacy]) -> type[ModelPrivacy]:
            found.update(dict.fromkeys(models, declaration))
            return declaration

        return decorate

    monkeypatch.setattr(datamap, "register", register)
    return found


@pytest.mark.parametrize("example", EXAMPLES, ids=[text.strip().splitlines()[-1][:40] for text in EXAMPLES])
def test_an_example_runs_and_is_taken(example: str, taken: dict[type, Any]) -> None:
    names: dict[str, Any] = {**NAMES, **MODELS, "datamap": datamap, "_": _, "timedelta": timedelta, "ORDERS": "orders"}

    exec(compile(example, str(GUIDE), "exec"), names)

    bare = {name: thing for name, thing in names.items() if isinstance(thing, type) and issubclass(thing, ModelPrivacy)}
    taken |= {MODELS[n.removesuffix("Privacy")]: one for n, one in bare.items() if n.removesuffix("Privacy") in MODELS}
    with registry.overridden(taken):
        assert [type(registry.get(model)) for model in taken] == list(taken.values())
    assert taken or any(isinstance(thing, datamap.Category) for thing in names.values())


def test_every_attribute_of_a_declaration_is_in_the_guide() -> None:
    own = {name for name in get_type_hints(ModelPrivacy) if not name.startswith("_")} - {"model"}

    assert {name for name in own if f"`{name}`" not in GUIDE.read_text()} == set()


def test_the_guide_has_examples() -> None:
    assert len(EXAMPLES) >= 6
