"""Rows and their copies."""

import reversion  # noqa: F401 - registered when the application is ready
from django.db import models
from django.db.models import CASCADE, DO_NOTHING, PROTECT, SET_NULL
from simple_history.models import HistoricalRecords


class Label(models.Model):
    name = models.CharField(max_length=40)


class Patron(models.Model):
    """The subject."""

    name = models.CharField(max_length=80)
    email = models.EmailField(default="")
    history = HistoricalRecords()


class Loan(models.Model):
    """The patron's own."""

    patron = models.ForeignKey(Patron, CASCADE)
    note = models.TextField(default="")
    labels = models.ManyToManyField(Label)
    history = HistoricalRecords(m2m_fields=[labels])


class Fee(models.Model):
    """Outlives the patron by a declaration."""

    patron = models.ForeignKey(Patron, PROTECT, null=True)
    payer = models.CharField(max_length=80, default="")
    day = models.DateField(null=True)
    history = HistoricalRecords()


class Desk(models.Model):
    """Only names a patron."""

    clerk = models.ForeignKey(Patron, SET_NULL, null=True)
    history = HistoricalRecords()


class Essay(models.Model):
    """Versioned as text."""

    author = models.ForeignKey(Patron, CASCADE)
    text = models.TextField(default="")


class Event(models.Model):
    """Written by a trigger: nothing ties it but a number."""

    loan_number = models.BigIntegerField()
    patron = models.ForeignKey(Patron, DO_NOTHING, null=True, db_constraint=False)
    note = models.TextField(default="")
