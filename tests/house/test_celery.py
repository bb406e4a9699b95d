"""Which Celery application sends: the shipped project's in its own processes, a host's in a host's."""

import subprocess
import sys
import threading
from pathlib import Path

from celery import current_app

from portal.project import celery

ROOT = Path(__file__).resolve().parents[2]


def test_every_thread_of_the_shipped_project_sends_to_its_queue():
    found = []
    thread = threading.Thread(target=lambda: found.append(current_app.main))

    thread.start()
    thread.join()

    assert found == [celery.main] == ["dossier"]
    assert celery.conf.broker_url == "filesystem://"


def test_importing_dossiers_application_leaves_a_hosts_in_its_place():
    program = (
        "from celery import Celery, current_app; host = Celery('host'); import tasks.celery; print(current_app.main)"
    )

    done = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=False)

    assert done.stdout.strip() == "host", done.stderr


def test_the_clock_and_the_jobs_are_known():
    celery.loader.import_default_modules()

    assert {"dossier.tick", "dossier.work"} <= set(celery.tasks)
    assert celery.conf.beat_schedule["dossier.tick"]["task"] == "dossier.tick"
