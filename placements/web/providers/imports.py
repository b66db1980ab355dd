"""R4 and R5: a file of people in: read, shown, and added only when pressed."""

from flask import redirect, request, url_for
from werkzeug.wrappers import Response

from placements.domain.csv_rows import FileFault
from placements.domain.vocabulary import Role
from placements.services import imports as files
from placements.services import waiting_imports
from placements.services.waiting_imports import KIND
from placements.web.access import current_actor, open_to
from placements.web.forms import NoForm, PlainForm, file, long_text
from placements.web.pages import page
from placements.web.providers.blueprint import blueprint, region_folder
from placements.web.providers.people import csv_reply

MOST_PASTED = 400_000


class FileForm(PlainForm):
    """A file, or its text pasted."""

    file = file("The file", "CSV, up to 10 MB and 20,000 rows. In a spreadsheet: Save as, then CSV")
    pasted = long_text(
        "Or paste the rows here",
        hint="With the column names in the first line. For more than 1,000 rows send a file",
        length=MOST_PASTED,
    )

    def sent(self) -> bytes:
        """Return what was sent: the file if there is one, else the pasted text."""
        upload = request.files.get("file")
        held = upload.read() if upload else b""
        return held or (self.pasted.data or "").encode()


@blueprint.route("/imports/new", methods=["GET", "POST"])
@open_to(Role.PROVIDER)
def new_import() -> Response:
    form = FileForm()
    if form.is_sent():
        sent = form.sent()
        if not sent.strip():
            form.add_error("file", "Choose a file, or paste the rows.")
        else:
            done, run_id = form.try_act(lambda: _receive(form, sent))
            if done and run_id is not None:
                return redirect(url_for(".show_import", run_id=run_id), 303)
    columns = list(files.list_columns(KIND))
    return page("providers/import_new.html", form=form, columns=columns)


def _receive(form: FileForm, sent: bytes) -> int | None:
    try:
        return waiting_imports.receive_file(current_actor(), region_folder(), sent)
    except FileFault as fault:
        # A fault of the whole file is said alone: no row can be right before it is.
        at = "file" if request.files.get("file") else "pasted"
        form.add_error(at, str(fault))
        return None


@blueprint.get("/imports/template.csv")
@open_to(Role.PROVIDER)
def import_template() -> Response:
    return csv_reply(files.write_template(KIND), "people-template.csv")


@blueprint.route("/imports/<int:run_id>", methods=["GET", "POST"])
@open_to(Role.PROVIDER)
def show_import(run_id: int) -> Response:
    actor, form = current_actor(), NoForm()
    run = waiting_imports.get_import(actor, run_id)
    if form.is_sent():
        waiting_imports.add_good_rows(actor, region_folder(), run_id)
        return redirect(url_for(".import_done", run_id=run_id), 303)
    if not run.is_waiting:
        return redirect(url_for(".import_done", run_id=run_id), 302)
    return page("providers/import.html", form=form, run=run)


@blueprint.get("/imports/<int:run_id>/to-fix.csv")
@open_to(Role.PROVIDER)
def rows_to_fix(run_id: int) -> Response:
    return csv_reply(waiting_imports.write_rows_to_fix(current_actor(), run_id), "to-fix.csv")


@blueprint.get("/imports/<int:run_id>/done")
@open_to(Role.PROVIDER)
def import_done(run_id: int) -> Response:
    run = waiting_imports.get_import(current_actor(), run_id)
    if run.is_waiting:
        return redirect(url_for(".show_import", run_id=run_id), 302)
    return page("providers/import_done.html", run=run, form=FileForm())
