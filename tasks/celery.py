"""The Celery application of the shipped project: ``celery -A tasks.celery worker -B``.

A host has one of its own and does not import this; docs/integrate.md says what it adds there.
"""

import os

from celery import Celery

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "portal.project.settings")

app = Celery("dossier")
# For all threads: a web server's others would else find Celery's unconfigured application and its default broker.
app.set_default()
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks(["tasks"], related_name="jobs")
app.conf.beat_schedule = {"dossier.tick": {"task": "dossier.tick", "schedule": 5.0}}
