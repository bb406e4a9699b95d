"""People sign in by e-mail; keys are UUIDs; nobody has a user name, a first or a last name."""

import uuid
from typing import Any

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.auth.models import PermissionsMixin
from django.db import models


class Members(BaseUserManager):
    def create_user(self, email: str, password: str | None = None, **facts: Any) -> "Member":
        member = self.model(email=self.normalize_email(email), **facts)
        member.set_password(password)
        member.save(using=self._db)
        return member


class Member(AbstractBaseUser, PermissionsMixin):
    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    email = models.EmailField(unique=True)
    called = models.CharField(max_length=80, blank=True)
    licence = models.FileField(upload_to="licences", blank=True)
    is_active = models.BooleanField(default=True)
    is_staff = models.BooleanField(default=False)

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    objects = Members()


class Outing(models.Model):
    member = models.ForeignKey(Member, models.CASCADE, related_name="outings")
    on = models.DateField()
    boat = models.CharField(max_length=40)


class Fee(models.Model):
    member = models.ForeignKey(Member, models.SET_NULL, null=True, related_name="fees")
    year = models.PositiveSmallIntegerField()
    amount = models.DecimalField(max_digits=8, decimal_places=2)
    paid_on = models.DateField()
    payer = models.CharField(max_length=120)
