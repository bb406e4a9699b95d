"""How far ``draftprivacy`` agrees with a careful reviewer, on a host whose fields stand in ``reviews/<name>.json``.

Runs under that host's settings, with nothing declared yet:

    DJANGO_SETTINGS_MODULE=… python tests/hosts/agreement.py oscar

Prints what the two see differently and the share that they agree on; status 1 below four of five.
"""

import json
import sys
from pathlib import Path

import django


def main(name: str) -> int:
    django.setup()
    from tasks.datamap import registry
    from tasks.datamap.draft.models import ModelDraft
    from tasks.datamap.draft.reaching import beyond, reached_by_draft

    registry._declared.clear()
    review = json.loads((Path(__file__).parent / "reviews" / f"{name}.json").read_text())
    found = reached_by_draft()
    drafts = {model._meta.label: ModelDraft(model, found) for model in {*found.models, *beyond(found)}}
    asked = agreed = 0
    for label, places in review.items():
        mine = {guess.name: guess.place for guess in drafts[label].fields} if label in drafts else {}
        for place, names in places.items():
            for field in names:
                asked, agreed = asked + 1, agreed + (mine.get(field) == place)
                if mine.get(field) != place:
                    print(f"{label}.{field}: the reviewer says {place}, the draft {mine.get(field, 'nothing')}")
    print(f"{name}: {agreed} of {asked} fields, {agreed / asked:.1%}")
    return int(agreed / asked < 0.8)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
