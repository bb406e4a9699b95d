"""The club's own Celery application, as Celery's guide has it, with one line more for Dossier's clock."""

import os

from celery import Celery

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "rowing.settings")

app = Celery("rowing")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
app.conf.beat_schedule = {"dossier.tick": {"task": "dossier.tick", "schedule": 5.0}}
app.set_default()  # for the threads of a web server, too
