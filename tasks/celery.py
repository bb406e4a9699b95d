"""The Celery application of the shipped project: ``celery -A tasks.celery worker -B``.

A host has one of its own; docs/integrate.md says what it adds there. Importing this one leaves that one in its place.
"""

import os

from celery import Celery

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "portal.project.settings")

app = Celery("dossier", set_as_current=False)
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks(["tasks"], related_name="jobs")
app.conf.beat_schedule = {"dossier.tick": {"task": "dossier.tick", "schedule": 5.0}}
