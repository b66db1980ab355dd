"""A person with a browser that has no scripts: reads pages, fills in forms, presses buttons."""

from dataclasses import dataclass, field
from html.parser import HTMLParser
from urllib.parse import urlsplit

from flask.testing import FlaskClient

from placements.services import accounts


@dataclass
class Form:
    """One form of a page: where it goes, what it holds, and the words on its buttons."""

    action: str
    fields: dict = field(default_factory=dict)
    buttons: list = field(default_factory=list)


class _Reader(HTMLParser):
    def __init__(self):
        super().__init__()
        self.forms, self.links, self.title, self.text = [], [], "", []
        self._form = self._select = self._textarea = None
        self._in = []

    def handle_starttag(self, tag, attrs):
        given = dict(attrs)
        self._in.append(tag)
        if tag == "a":
            self.links.append(given.get("href", ""))
        elif tag == "form":
            self._form = Form(given.get("action", ""))
            self.forms.append(self._form)
        elif tag == "input" and self._form is not None:
            self._read_input(given)
        elif tag == "textarea" and self._form is not None:
            self._textarea = given["name"]
            self._form.fields[self._textarea] = ""
        elif tag == "select":
            self._select = given["name"]
        elif tag == "option" and self._form is not None and "selected" in given:
            self._form.fields[self._select] = given["value"]
        elif tag == "button" and self._form is not None:
            self._form.buttons.append((given.get("name"), given.get("value"), ""))

    def _read_input(self, given):
        name, kind = given.get("name"), given.get("type", "text")
        if kind in ("radio", "checkbox") and "checked" not in given:
            return
        if kind == "checkbox" or name in self._form.fields:
            held = self._form.fields.get(name, [])
            held = held if isinstance(held, list) else [held]
            self._form.fields[name] = [*held, given.get("value", "")]
        elif name and kind != "file":
            self._form.fields[name] = given.get("value", "")

    def handle_endtag(self, tag):
        if tag == "form":
            self._form = None
        if tag == "textarea":
            self._textarea = None

    def handle_data(self, data):
        if self._textarea is not None and self._form is not None:
            self._form.fields[self._textarea] += data
        elif self._in and self._in[-1] == "button" and self._form is not None:
            name, value, words = self._form.buttons[-1]
            self._form.buttons[-1] = (name, value, (words + data).strip())
        if self._in and self._in[-1] == "title":
            self.title += data
        if data.strip():
            self.text.append(" ".join(data.split()))


class _OwnContextClient(FlaskClient):
    """Gives each request a context of its own, whatever context the test holds open.

    Without it Flask lends the test's context to the request, and what one request keeps there
    (a form's token, a database session) would leak into the next.
    """

    def open(self, *args, **kwargs):
        with self.application.app_context():
            return super().open(*args, **kwargs)


class Visitor:
    """Goes from page to page; `here` is the last address, `status` and `text` what it showed."""

    def __init__(self, app):
        self.app, self.client = app, _OwnContextClient(app, app.response_class)
        self.here, self.status, self.html = "/", 0, ""
        self.page, self.reply = None, None

    def sign_in(self, account_id, hat_key=None):
        """Sign in by a link, as the message would have it."""
        with self.app.app_context():
            token = accounts.use_sign_in_link(accounts.make_sign_in_link(account_id))
        with self.client.session_transaction() as held:
            held.clear()
            held["token"] = token
            if hat_key:
                held["hat"] = hat_key
        return self

    def get(self, url):
        """Open a page, following where it sends us."""
        return self._keep(self.client.get(url, follow_redirects=True))

    def send(self, button, data=None, **more):
        """Fill in the form that has a button with these words, and press it."""
        form, pressed = self._form_with(button)
        fields = {**form.fields, **(data or {}), **more}
        name, value, _ = pressed
        if name:
            fields[name] = value or ""
        url = form.action or self.here
        return self._keep(self.client.post(url, data=fields, follow_redirects=True))

    def _form_with(self, button):
        for form in self.page.forms:
            for pressed in form.buttons:
                if pressed[2] == button:
                    return form, pressed
        found = [words for form in self.page.forms for _, _, words in form.buttons]
        raise AssertionError(f"{self.here}: no button {button!r}; there are {found}")

    def _keep(self, reply):
        self.reply, self.status = reply, reply.status_code
        self.html = reply.get_data(as_text=True)
        self.here = reply.request.path
        query = urlsplit(reply.request.url).query
        self.here += f"?{query}" if query else ""
        self.page = _Reader()
        self.page.feed(self.html)
        return self

    @property
    def text(self):
        """All words of the page, in order."""
        return " ".join(self.page.text)

    @property
    def title(self):
        """What the browser's tab says."""
        return self.page.title
