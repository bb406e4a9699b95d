"""The Celery application: ``celery -A tasks.celery worker -B``."""

import os

from celery import Celery

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "portal.project.settings")

app = Celery("dossier")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks(["tasks"], related_name="jobs")
app.conf.beat_schedule = {"dossier.tick": {"task": "dossier.tick", "schedule": 5.0}}
