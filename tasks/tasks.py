"""Where ``app.autodiscover_tasks()`` of any Celery application looks: the jobs, under the name that Celery knows."""

from tasks.jobs import post, tick, work

__all__ = ["post", "tick", "work"]
