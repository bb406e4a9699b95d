"""Records of processing as a page and as a PDF."""

from django.utils import translation
from django.utils.formats import date_format

from tasks.datamap.records import Records, headings
from tasks.export.pdf import VARIANT, offline
from tasks.export.rendering import asset, render


def as_html(found: Records) -> str:
    """One self-contained page in the language that is active."""
    return render(
        "dossier/records/records.html",
        records=found,
        rows=list(found.rows())[1:],
        headings=headings(),
        day=date_format(found.at, "DATE_FORMAT"),
        language=translation.get_language() or "en",
        rtl=translation.get_language_bidi(),
        style=asset("dossier/records/records.css"),
    )


def as_pdf(found: Records) -> bytes:
    """The same page, tagged and with its fonts, made without any network."""
    from weasyprint import HTML  # here: its libraries take half a second and are not needed elsewhere

    document = HTML(string=as_html(found), url_fetcher=offline(), base_url=None)
    return bytes(document.write_pdf(pdf_variant=VARIANT))
