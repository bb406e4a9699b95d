"""The addresses of the office's pages."""

from django.urls import path

from dpo.views import audit, case, datamap, decision, holds, inbox, preview, recipients, sources, sweeps, work

app_name = "dpo"

CASE = "cases/<str:reference>/"

urlpatterns = [
    path("", inbox.inbox, name="inbox"),
    path("assign/", inbox.assign_selected, name="assign_selected"),
    path(CASE, case.case, name="case"),
    path(CASE + "approve/", decision.approve, name="approve"),
    path(CASE + "reject/", decision.reject, name="reject"),
    path(CASE + "letter/", decision.reject_preview, name="reject_preview"),
    path(CASE + "extend/", decision.extend, name="extend"),
    path(CASE + "ask/", work.ask, name="ask"),
    path(CASE + "answer/", work.answer, name="answer"),
    path(CASE + "unfreeze/", work.unfreeze, name="unfreeze"),
    path(CASE + "assign/", work.assign, name="assign"),
    path(CASE + "advise/", work.advise, name="advise"),
    path(CASE + "comment/", work.comment, name="comment"),
    path(CASE + "write/", work.write, name="write"),
    path(CASE + "retry/<int:step>/", work.retry, name="retry"),
    path(CASE + "leave-out/<int:step>/", sources.leave_out, name="leave_out"),
    path(CASE + "erase-there/<int:step>/", sources.erase_there, name="erase_there"),
    path(CASE + "recipients/<int:notification>/again/", recipients.tell_again, name="tell_again"),
    path(CASE + "recipients/<int:notification>/otherwise/", recipients.told_otherwise, name="told_otherwise"),
    path(CASE + "recipients/<int:notification>/letter/", recipients.letter, name="recipient_letter"),
    path(CASE + "preview/", preview.preview, name="preview"),
    path(CASE + "preview/covered/", preview.covered, name="covered"),
    path(CASE + "redact/", preview.redact, name="redact"),
    path(CASE + "unredact/", preview.unredact, name="unredact"),
    path("holds/", holds.listing, name="holds"),
    path("holds/<int:number>/lift/", holds.lift, name="lift_hold"),
    path("audit/", audit.listing, name="audit"),
    path("audit/verify/", audit.verify, name="audit_verify"),
    path("audit/entries.csv", audit.entries, name="audit_csv"),
    path("data-map/", datamap.datamap, name="datamap"),
    path("housekeeping/", sweeps.listing, name="sweeps"),
    path("housekeeping/<str:key>/", sweeps.sweep, name="sweep"),
    path("housekeeping/<str:key>/switch/", sweeps.switch, name="sweep_switch"),
    path("housekeeping/<str:key>/confirm/", sweeps.confirm, name="sweep_confirm"),
]
