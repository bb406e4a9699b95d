"""What people type and choose on the privacy pages."""

import re
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from portal import languages

EVERYTHING, CHOSEN = "everything", "chosen"
GRACE, APPROVED = "grace", "approved"


class DownloadForm(forms.Form):
    """What a copy holds, in which language, with a note to whoever checks it."""

    scope = forms.ChoiceField(
        choices=[(EVERYTHING, _("Everything")), (CHOSEN, _("Only what I choose"))], initial=EVERYTHING
    )
    categories = forms.MultipleChoiceField(required=False)
    language = forms.ChoiceField(choices=languages.offered)
    note = forms.CharField(required=False, max_length=2_000)

    def __init__(self, *args: Any, categories: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["categories"].choices = categories  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if data.get("scope") == CHOSEN and not data.get("categories") and "categories" not in self.errors:
            self.add_error("categories", _("Choose at least one category, or choose everything."))
        if data.get("scope") == EVERYTHING:
            data["categories"] = []
        return data


class WhenForm(forms.Form):
    """When a deletion is carried out."""

    when = forms.ChoiceField(
        choices=[(GRACE, _("After the days in which I can cancel")), (APPROVED, _("As soon as it is approved"))],
        error_messages={"required": _("Choose one of the two."), "invalid_choice": _("Choose one of the two.")},
    )


class UnderstoodForm(forms.Form):
    """The one checkbox of a deletion."""

    understood = forms.BooleanField(
        error_messages={"required": _("Tick the box to show that you know this cannot be undone.")}
    )


class CodeForm(forms.Form):
    """Six digits from a mail, however they were pasted."""

    code = forms.CharField(max_length=20, error_messages={"required": _("Type the six digits from the e-mail.")})

    def clean_code(self) -> str:
        digits = re.sub(r"\D", "", self.cleaned_data["code"])
        if len(digits) != 6:
            raise forms.ValidationError(_("A code has six digits."))
        return digits


class PasswordForm(forms.Form):
    """The password of the person who is signed in."""

    password = forms.CharField(strip=False, max_length=4_096, error_messages={"required": _("Type your password.")})


class AnswerForm(forms.Form):
    """What somebody answers to a question of the office."""

    text = forms.CharField(max_length=4_000, error_messages={"required": _("Write your answer.")})


class ReceiptForm(forms.Form):
    """The reference and the key that a deletion was confirmed with."""

    reference = forms.CharField(max_length=20, error_messages={"required": _("Type the reference.")})
    key = forms.CharField(max_length=80, error_messages={"required": _("Type the key.")})

    def clean_reference(self) -> str:
        return str(self.cleaned_data["reference"]).strip().upper()

    def clean_key(self) -> str:
        return re.sub(r"\s", "", self.cleaned_data["key"])
