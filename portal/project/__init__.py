"""The shipped project. It names the Celery application, so that every process of it sends work to the same queue."""

from tasks.celery import app as celery

# For all threads: a web server's others would else find Celery's unconfigured application and its default broker.
celery.set_current()
celery.set_default()

__all__ = ["celery"]
