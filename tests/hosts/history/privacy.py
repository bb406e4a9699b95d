"""Declarations for the whole test run are none but this: nothing here is about the users of the shipped project."""

from reversion.models import Revision, Version

from tasks import datamap

datamap.exempt(Revision, Version, because="Of the test host: users of the project write no versions.")
