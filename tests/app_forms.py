"""Forms as a page holds them: what a browser would send, read from the HTML."""

from __future__ import annotations

from html.parser import HTMLParser


class _Forms(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.forms: dict[str, dict[str, str]] = {}
        self.offered: dict[str, dict[str, list[str]]] = {}
        self.here = self.select = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "form":
            self.here = given["action"]
            self.forms.setdefault(self.here, {})
        if not self.here:
            return
        form, name = self.forms[self.here], given.get("name", "")
        if tag == "input" and name and (given.get("type") not in {"checkbox", "radio"} or "checked" in given):
            form[name] = given.get("value", "")
        elif tag == "select":
            self.select = name
        elif tag == "textarea":
            form[name] = ""
            self.area = name
        elif tag == "option" and self.select:
            self.offered.setdefault(self.here, {}).setdefault(self.select, []).append(given.get("value", ""))
            if "selected" in given or self.select not in form:
                form[self.select] = given.get("value", "")

    def handle_data(self, data: str) -> None:
        if getattr(self, "area", ""):
            self.forms[self.here][self.area] += data

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self.here = ""
        elif tag == "select":
            self.select = ""
        elif tag == "textarea":
            self.area = ""


def forms_of(html: str) -> dict[str, dict[str, str]]:
    """By address: the fields of its (last) form, filled in as the page has them."""
    parser = _Forms()
    parser.feed(html)
    return parser.forms


def offered_by(html: str, address: str, name: str) -> list[str]:
    """What a form lets one choose for a field."""
    parser = _Forms()
    parser.feed(html)
    return parser.offered[address][name]
