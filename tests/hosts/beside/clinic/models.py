"""A clinic's tables as they are: no migrations, numbers and names of its own, one table that Django may not touch."""

from django.db import models


class Patient(models.Model):
    number = models.AutoField(primary_key=True)
    name = models.CharField(max_length=80)
    email = models.EmailField()
    note = models.TextField(blank=True)


class Visit(models.Model):
    patient = models.ForeignKey(Patient, models.CASCADE)
    on = models.DateField()
    complaint = models.CharField(max_length=200)


class Bill(models.Model):
    patient = models.ForeignKey(Patient, models.PROTECT)
    amount = models.DecimalField(max_digits=8, decimal_places=2)
    issued_on = models.DateField()
    name = models.CharField(max_length=80, blank=True)


class Reading(models.Model):
    """Written by a machine; nobody migrates it."""

    patient = models.ForeignKey(Patient, models.DO_NOTHING, db_constraint=False)
    pulse = models.IntegerField()

    class Meta:
        managed = False
        db_table = "legacy_readings"
