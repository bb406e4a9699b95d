"""The rowing club: a project that knew nothing of Dossier, and took it in as docs/integrate.md says."""

from rowing.celery import app

__all__ = ["app"]
