"""What the clinic holds about its patients."""

from clinic.models import Bill, Patient, Reading, Visit
from tasks import datamap
from tasks.datamap import Anonymise, Blank, Constant, Delete, Keep, years

HEALTH = datamap.Category("health", title="Your health")


@datamap.register(Patient)
class PatientPrivacy(datamap.ModelPrivacy):
    category = datamap.Category("patient", title="You")
    fields = ("name", "email", "note")
    erasure = Anonymise({"name": Constant("erased"), "email": Blank(), "note": Blank()})


@datamap.register(Visit)
class VisitPrivacy(datamap.ModelPrivacy):
    category = HEALTH
    fields = ("on", "complaint")
    erasure = Delete()


@datamap.register(Bill)
class BillPrivacy(datamap.ModelPrivacy):
    category = datamap.Category("bills", title="Bills")
    follow = {"patient": True}
    fields = ("amount", "issued_on", "name")
    erasure = Keep(for_=years(10), after="issued_on", because="Bookkeeping: § 147 AO", meanwhile=Blank("name"))


@datamap.register(Reading)
class ReadingPrivacy(datamap.ModelPrivacy):
    category = HEALTH
    follow = {"patient": True}
    fields = ("pulse",)
    erasure = Delete()
