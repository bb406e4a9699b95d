"""The shipped project. It names the Celery application, so that every process of it sends work to the same queue."""

from tasks.celery import app as celery

__all__ = ["celery"]
