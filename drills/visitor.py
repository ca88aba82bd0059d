"""A person with a browser that runs no scripts: opens pages, fills in forms, presses buttons, follows where it is led.

What the page does not show (the csrf token, the versions of what was read) travels with the form by itself. A button
or a field that is not there raises Missing: a drill that cannot go on must not pass.
"""

import http.cookiejar
import json
import urllib.error
import urllib.parse
import urllib.request
import uuid
from functools import cached_property

from bs4 import BeautifulSoup, Tag


class Missing(Exception):
    """The page has no such button, field or choice."""


class Page:
    """What came back: `status`, the address it came from in the end, and the page itself."""

    def __init__(self, url: str, status: int, body: bytes):
        self.url, self.status, self.body = url, status, body

    @cached_property
    def soup(self) -> BeautifulSoup:
        return BeautifulSoup(self.body, "lxml")

    @cached_property
    def words(self) -> str:
        """All words of the page's own part, spaces made single."""
        return words_of(self.soup.main or self.soup)

    @property
    def heading(self) -> str:
        return words_of(self.soup.h1) if self.soup.h1 else ""

    @property
    def messages(self) -> str:
        return " ".join(words_of(notice) for notice in self.soup.select(".messages"))

    def choices(self, name: str) -> list[str]:
        """The values of the little squares that may be ticked."""
        return [box["value"] for box in self.soup.find_all("input", {"type": "checkbox", "name": name})]

    def buttons(self) -> list[str]:
        return [words_of(button) for button in self._buttons()]

    def _buttons(self) -> list[Tag]:
        return [button for button in self.soup.find_all("button", type="submit") if not button.has_attr("aria-hidden")]

    def form(self, button: str) -> "Form":
        """The form of the button with these words, or of the only one that begins with them."""
        known = self._buttons()
        found = [each for each in known if words_of(each) == button]
        found = found or [each for each in known if words_of(each).startswith(button)]
        if len(found) != 1:
            raise Missing(f"{self.url}（{self.status}）: ボタン「{button}」が{len(found)}個あります。{self.buttons()}")
        return Form(self, found[0])


class Form:
    """A form as the browser would send it."""

    def __init__(self, page: Page, button: Tag):
        self.page, self.button = page, button
        form = page.soup.find("form", id=button["form"]) if button.has_attr("form") else button.find_parent("form")
        self.url = urllib.parse.urljoin(page.url, form.get("action") or page.url)
        self.method = form.get("method", "get").lower()
        controls = page.soup.find_all(["input", "textarea", "select"])
        self.controls = [each for each in controls if _owner(each, page.soup) is form and each.get("name")]
        self.fields = [pair for each in self.controls for pair in _value(each)]

    def fill(self, name: str, value: str | list[str]) -> None:
        """A text, a choice, or the list of the squares to tick."""
        name = name.replace("__", "-")  # comment__result: a Python name cannot hold a hyphen
        mine = [each for each in self.controls if each["name"] == name]
        if not mine:
            raise Missing(f"{self.page.url}: 欄「{name}」がありません")
        given = value if isinstance(value, list) else [value]
        if (offered := _offered(mine)) and (stray := set(given) - offered):
            raise Missing(f"{self.page.url}: 欄「{name}」に {stray} はありません")
        self.fields = [pair for pair in self.fields if pair[0] != name] + [(name, each) for each in given]

    @property
    def pressed(self) -> list[tuple[str, str]]:
        name = self.button.get("name")
        return [(name, self.button.get("value", ""))] if name else []


class Visitor:
    """One person at one computer. `page` is what is on the screen."""

    def __init__(self, site: str):
        self.site = site
        self.page: Page | None = None
        jar = urllib.request.HTTPCookieProcessor(http.cookiejar.CookieJar())
        self._opener = urllib.request.build_opener(jar)

    def open(self, address: str) -> Page:
        return self._show(urllib.request.Request(urllib.parse.urljoin(self.site, address)))

    def sign_in(self, username: str, password: str) -> Page:
        self.open("/accounts/login/")
        return self.press("サインイン", username=username, password=password)

    def press(self, button: str, **fields: str | list[str]) -> Page:
        """Fill in the fields of the button's form and press it."""
        form = self._filled(button, fields)
        return self._show(_request(form.url, form.method, form.fields + form.pressed))

    def autosave(self, **fields: str) -> tuple[int, dict]:
        """What the page's script does while one types: the form without a button. The page stays on the screen."""
        form = self._filled("保存する", fields)
        answer = self._fetch(_request(form.url, form.method, form.fields, {"X-Autosave": "1"}))
        return answer.status, json.loads(answer.body)

    def form(self, button: str, **fields: str | list[str]) -> Form:
        """The button's form filled in, to be sent (and sent again) with `send`."""
        return self._filled(button, fields)

    def send(self, form: Form, headers: dict | None = None, file: tuple[str, str, bytes] | None = None) -> Page:
        """Send a form as it was filled in; the screen stays as it is. `file`: field, name and content of one file.
        `headers`: of an automatic save, which is sent without the button."""
        fields = form.fields if headers else form.fields + form.pressed
        if file:
            return self._fetch(_with_file(form.url, fields, *file))
        return self._fetch(_request(form.url, form.method, fields, headers))

    def post(self, address: str) -> Page:
        """What somebody sends who was never offered the button; with the token of the page on the screen."""
        token = self.page.soup.find("input", {"name": "csrfmiddlewaretoken"})["value"]
        fields = [("csrfmiddlewaretoken", token), ("version", "1")]
        return self._fetch(_request(urllib.parse.urljoin(self.site, address), "post", fields))

    def _filled(self, button: str, fields: dict) -> Form:
        form = self.page.form(button)
        for name, value in fields.items():
            form.fill(name, value)
        return form

    def _show(self, request: urllib.request.Request) -> Page:
        self.page = self._fetch(request)
        return self.page

    def _fetch(self, request: urllib.request.Request) -> Page:
        try:
            answer = self._opener.open(request, timeout=60)
        except urllib.error.HTTPError as error:
            answer = error
        with answer:
            return Page(answer.geturl(), answer.status, answer.read())


def _request(url: str, method: str, fields: list[tuple[str, str]], headers=None) -> urllib.request.Request:
    sent = urllib.parse.urlencode([(name, _as_sent(value)) for name, value in fields])
    if method == "get":
        return urllib.request.Request(f"{url.partition('?')[0]}?{sent}")
    return urllib.request.Request(url, sent.encode(), headers or {})


def _with_file(url: str, fields: list[tuple[str, str]], name: str, file_name: str, content: bytes):
    line = uuid.uuid4().hex
    head = 'Content-Disposition: form-data; name="{}"'
    parts = [f"{head.format(each)}\r\n\r\n{_as_sent(value)}".encode() for each, value in fields]
    parts.append(f'{head.format(name)}; filename="{file_name}"\r\n\r\n'.encode() + content)
    body = b"".join(f"--{line}\r\n".encode() + part + b"\r\n" for part in parts) + f"--{line}--\r\n".encode()
    return urllib.request.Request(url, body, {"Content-Type": f"multipart/form-data; boundary={line}"})


def _as_sent(text: str) -> str:
    """A browser sends every line break as CR LF."""
    return text.replace("\r\n", "\n").replace("\n", "\r\n")


def words_of(tag: Tag) -> str:
    """The words that are seen: what is hidden is left out."""
    texts = (text for text in tag.find_all(string=True) if not any(up.has_attr("hidden") for up in _inside(text, tag)))
    return " ".join("".join(texts).split())


def _inside(text, tag: Tag) -> list[Tag]:
    ups = []
    for up in text.parents:
        if up is tag:
            break
        ups.append(up)
    return ups


def _owner(control: Tag, soup: BeautifulSoup) -> Tag | None:
    return soup.find("form", id=control["form"]) if control.has_attr("form") else control.find_parent("form")


def _value(control: Tag) -> list[tuple[str, str]]:
    """Name and value as they stand; nothing for what is not ticked or not chosen."""
    name, kind = control["name"], control.get("type", "text")
    if control.has_attr("disabled") or kind in ("submit", "button", "file", "reset"):
        return []
    if control.name == "textarea":
        return [(name, control.get_text().removeprefix("\r").removeprefix("\n"))]
    if control.name == "select":
        options = control.find_all("option")
        chosen = next((each for each in options if each.has_attr("selected")), options[0] if options else None)
        return [(name, _option(chosen))] if chosen else []
    if kind in ("checkbox", "radio") and not control.has_attr("checked"):
        return []
    return [(name, control.get("value", "on" if kind in ("checkbox", "radio") else ""))]


def _option(option: Tag) -> str:
    return option["value"] if option.has_attr("value") else option.get_text()


def _offered(controls: list[Tag]) -> set[str]:
    """What may be chosen; empty for a text."""
    first = controls[0]
    if first.name == "select":
        return {_option(each) for each in first.find_all("option")}
    if first.get("type") in ("checkbox", "radio"):
        return {each.get("value", "on") for each in controls}
    return set()
