"""Every deliberate error of Dossier: what was wanted, what was found, what to do next.

The text of an error never holds personal data: ids and labels only.
"""


class DossierError(Exception):
    """The base of every error that Dossier raises on purpose."""


class DeclarationError(DossierError):
    """A ``privacy.py`` says something that cannot be: app, class, attribute, wanted, found."""


class SubjectNotFound(DossierError):
    """No row of the subject model has this key."""


class SourceUnavailable(DossierError):
    """A source did not answer, or a table it needs is missing. Trying again may help."""


class SourceWaiting(SourceUnavailable):
    """A source has begun and wants to be asked again in ``seconds``. ``memo`` is given back to it then; JSON-able."""

    def __init__(self, message: str, *, seconds: float, memo: dict[str, object] | None = None) -> None:
        super().__init__(message)
        self.seconds, self.memo = seconds, memo or {}


class SourceRefused(DossierError):
    """A source answers and says no. ``reason`` is its own, in the person's language; trying again does not help."""

    def __init__(self, message: str, *, reason: str) -> None:
        super().__init__(message)
        self.reason = reason


class SourceFault(SourceUnavailable):
    """What a source gave is not what was agreed: wanted, found. Names no value."""


class PlanRefused(DossierError):
    """An erasure plan holds rows that nothing says what to do with. Nothing was touched.

    ``rows`` is ``{model label: [keys]}``.
    """

    def __init__(self, message: str, *, rows: dict[str, list[object]] | None = None) -> None:
        super().__init__(message)
        self.rows = rows or {}


class TransitionRefused(DossierError):
    """The stored state of a case does not lead to the wanted one."""

    def __init__(self, case_id: object, *, wanted: str, found: str, why: str = "") -> None:
        self.case_id, self.wanted, self.found = case_id, wanted, found
        super().__init__(
            f"case {case_id}: wanted {wanted.upper()}, found {found.upper()}" + (f": {why}" if why else "")
        )


class ApprovalVoid(DossierError):
    """What was approved is not what is there now; it has to be looked at again."""


class NotAllowed(DossierError):
    """The person who acts may not do this."""


class KeyUnavailable(DossierError):
    """The key of the vault is missing or does not open this file."""


class SubjectHeld(DossierError):
    """A legal hold stops an erasure. Nothing was touched, or nothing more was."""
