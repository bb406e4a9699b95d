"""What people of the office type and choose. Empty texts and unknown grounds end here, and again in the operations."""

from collections.abc import Iterable
from typing import Any, cast

from django import forms
from django.core.validators import MaxLengthValidator
from django.utils.translation import gettext_lazy as _

from dpo import people, words
from tasks.cases import operations
from tasks.cases.models import Case, Ground
from tasks.cases.operations.leaving import LONGEST as LONGEST_WORDS
from tasks.cases.operations.redacting import LONGEST as LONGEST_REASON
from tasks.cases.states import Kind

LONGEST = 4_000


class Text(forms.CharField):
    """Some sentences."""

    def __init__(self, label: Any, *, required: Any = "", hint: Any = "") -> None:
        """``required`` is what to say where nothing was written; empty: it may stay empty."""
        super().__init__(
            label=label,
            help_text=hint,
            required=bool(required),
            max_length=LONGEST,
            widget=forms.Textarea(attrs={"rows": 3}),
            error_messages={"required": required},
        )


class Office(forms.Form):
    """A form on a case's page. Its fields carry the action's name, so that no id comes twice."""

    use_required_attribute = True

    def __init__(self, data: Any = None, *, case: Case, action: str, **given: Any) -> None:
        super().__init__(data, auto_id=f"{action}-%s", **given)
        self.case = case


def offer(form: forms.Form, name: str, choices: Iterable[tuple[str, Any]]) -> None:
    """Let a field of choices offer these: values with what is read."""
    cast("forms.ChoiceField", form.fields[name]).choices = list(choices)


class ApproveForm(Office):
    """The hash of what was seen, and why the answer goes out although a source or a category failed."""

    seen_hash = forms.CharField(widget=forms.HiddenInput, max_length=64)
    incomplete_reason = Text(
        _("Why not wait for it?"),
        required=_("Say why the answer goes out without it."),
        hint=_("The answer prints this reason for the person."),
    )
    seen = forms.BooleanField(
        label=_("I have seen what is bound here, and the sources."),
        error_messages={"required": _("Tick the box to show that you have seen it.")},
    )

    def __init__(self, data: Any = None, *, incomplete: bool = False, **given: Any) -> None:
        super().__init__(data, **given)
        self.fields["seen_hash"].initial = self.case.content_hash
        self.fields["incomplete_reason"].initial = self.case.incomplete_reason
        if not incomplete:
            del self.fields["incomplete_reason"]


class RejectForm(Office):
    """A ground of the law and reasons in plain words."""

    ground = forms.ChoiceField(label=_("Ground"), error_messages={"required": _("Choose a ground.")})
    text = Text(
        _("Reason in plain words"),
        required=_("Write the reasons, as the person will read them."),
        hint=_("The letter adds the right to complain and the way to court."),
    )

    def __init__(self, data: Any = None, **given: Any) -> None:
        super().__init__(data, **given)
        offer(self, "ground", [("", _("Choose a ground")), *operations.grounds_for(self.case.kind)])


class ExtendForm(Office):
    """Why the answer takes longer."""

    reason = Text(_("Reason, as the person will read it"), required=_("Write why it takes longer."))


class AskForm(Office):
    """A question to the person."""

    question = Text(_("Question"), required=_("Write the question."))


class AnswerForm(Office):
    """An answer that came by letter or telephone."""

    text = Text(_("What the person said"), required=_("Write what the person said."))


class AdviseForm(Office):
    """Advice of the data protection officer."""

    text = Text(
        _("Advice"), required=_("Write the advice."), hint=_("Advice is no decision; it is kept apart from it.")
    )


class CommentForm(Office):
    """A remark for colleagues."""

    text = Text(_("Comment"), required=_("Write the comment."), hint=_("The person does not see it."))


class WriteForm(Office):
    """A message to the person."""

    text = Text(
        _("Message"), required=_("Write the message."), hint=_("It stands on their request's page; a mail says so.")
    )


class AssignForm(Office):
    """Who has the case."""

    to = forms.ChoiceField(label=_("Handler"), required=False)

    def __init__(self, data: Any = None, **given: Any) -> None:
        super().__init__(data, **given)
        offer(self, "to", [("", _("Nobody")), *people.colleagues()])
        self.fields["to"].initial = self.case.handler


class UnfreezeForm(Office):
    """That somebody made sure who asks."""

    sure = forms.BooleanField(
        label=_("I have made sure who asked for this."), error_messages={"required": _("Tick the box first.")}
    )


class LeaveOutForm(Office):
    """Why it goes on without a source."""

    reason = Text(_("Why not wait for it?"), required=_("Say why it goes on without it."))

    def __init__(self, data: Any = None, **given: Any) -> None:
        super().__init__(data, **given)
        field = cast("Text", self.fields["reason"])
        field.max_length = LONGEST_WORDS
        field.validators.append(MaxLengthValidator(LONGEST_WORDS))
        if self.case.kind == Kind.ERASURE:
            hint = _(
                "The certificate prints it for the person. Write in their language, %(language)s, and name nobody."
            )
            field.help_text = hint % {"language": words.language(self.case.language)}


class RedactForm(Office):
    """Why something is covered: a common reason, own words, or both. ``spot`` are the boxes that were ticked."""

    OWN = "own"

    ground = forms.ChoiceField(
        label=_("Reason, as the person reads it"), error_messages={"required": _("Choose a reason.")}
    )
    words = forms.CharField(label=_("In your own words"), required=False, max_length=LONGEST_REASON)

    def __init__(self, data: Any = None, **given: Any) -> None:
        super().__init__(data, **given)
        own = (self.OWN, _("another, in my own words"))
        offer(self, "ground", [("", _("Choose a reason")), *Ground.choices, own])
        hint = _("The person reads them. Write in their language, %(language)s, and name nobody.")
        self.fields["words"].help_text = hint % {"language": words.language(self.case.language)}

    def clean(self) -> dict[str, Any]:
        given, posted = super().clean() or {}, cast("Any", self.data)
        if given.get("ground") == self.OWN:
            given["ground"] = ""
            if not given.get("words", "").strip() and "words" not in self.errors:
                self.add_error("words", _("Write the reason."))
        if not posted.getlist("spot"):
            self.add_error(None, _("Tick what is to be covered."))
        return given


FORMS: dict[str, type[Office]] = {
    "approve": ApproveForm,
    "ask": AskForm,
    "answer": AnswerForm,
    "extend": ExtendForm,
    "reject": RejectForm,
    "unfreeze": UnfreezeForm,
    "advise": AdviseForm,
    "comment": CommentForm,
    "write": WriteForm,
    "assign": AssignForm,
    "leave_out": LeaveOutForm,
}


def form_for(action: str, case: Case, data: Any = None, **given: Any) -> Office:
    """The form of an action; bound where ``data`` is given."""
    return FORMS[action](data, case=case, action=action, **given)
