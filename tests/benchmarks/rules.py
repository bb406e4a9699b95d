"""Print what each key of the market's tables would say at the database: table, column, target, rule."""

import django
from django.apps import apps
from django.db.models import CASCADE


def main() -> None:
    for model in apps.get_app_config("market").get_models(include_auto_created=True):
        for field in model._meta.local_fields:
            if field.is_relation:
                rule = "CASCADE" if field.remote_field.on_delete is CASCADE else "SET NULL"
                target = field.remote_field.model._meta.db_table
                print(model._meta.db_table, field.column, target, rule, sep="\t")


if __name__ == "__main__":
    django.setup()
    main()
