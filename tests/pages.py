"""Reads a served page as a person or a browser would."""

from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Any
from xml.etree import ElementTree

VOID = set("area base br col embed hr img input link meta source track wbr".split())  # noqa: SIM905


def read_xml(content: bytes) -> ElementTree.Element:
    """A sitemap or feed of ours."""
    return ElementTree.fromstring(content)  # noqa: S314  (nobody else wrote it)


@dataclass
class Element:
    """A tag with its attributes and the words inside it."""

    tag: str
    attributes: dict[str, str]
    # Left out where a failed test shows what it had: each of them shows its own, and so on.
    parents: tuple["Element", ...] = field(default=(), repr=False)
    words: str = ""

    def inside(self, **attributes: str) -> bool:
        """Whether some parent carries these attributes."""
        return any(
            all(
                parent.attributes.get(name.replace("_", "-")) == value
                for name, value in attributes.items()
            )
            for parent in self.parents
        )


@dataclass
class ServedPage(HTMLParser):
    """The elements of a page, in order."""

    html: str = field(repr=False)
    elements: list[Element] = field(default_factory=list, repr=False)

    def __post_init__(self) -> None:
        HTMLParser.__init__(self)
        self._open: list[Element] = []
        self.feed(self.html)

    def handle_starttag(self, tag: str, attrs: Any) -> None:
        element = Element(tag, {name: value or "" for name, value in attrs}, tuple(self._open))
        self.elements.append(element)
        if tag not in VOID:
            self._open.append(element)

    def handle_startendtag(self, tag: str, attrs: Any) -> None:
        self.elements.append(
            Element(tag, {name: value or "" for name, value in attrs}, tuple(self._open))
        )

    def handle_endtag(self, tag: str) -> None:
        if any(element.tag == tag for element in self._open):
            while self._open.pop().tag != tag:
                pass

    def handle_data(self, data: str) -> None:
        for element in self._open:
            element.words += data

    def all(self, tag: str, **attributes: str) -> list[Element]:
        """The elements of that tag whose attributes have these values."""
        return [
            element
            for element in self.elements
            if element.tag == tag
            and all(
                element.attributes.get(name.replace("_", "-").strip("-")) == value
                for name, value in attributes.items()
            )
        ]

    def typed(self) -> dict[str, str]:
        """What stands in the fields of the page's forms, by name."""
        values = {
            element.attributes["name"]: element.attributes.get("value", "")
            for element in self.all("input")
            if "name" in element.attributes
            and element.attributes.get("type") not in {"checkbox", "radio"}
        }
        for option in self.all("option"):
            if "selected" in option.attributes:
                [select] = [parent for parent in option.parents if parent.tag == "select"]
                values[select.attributes["name"]] = option.attributes["value"]
        return values

    def ticked(self) -> list[str]:
        """The values of the boxes that are ticked."""
        return [box.attributes["value"] for box in self.all("input") if "checked" in box.attributes]

    def boxes(self) -> dict[str, list[str]]:
        """The same by the name of the boxes: what a browser sends of them."""
        sent: dict[str, list[str]] = {}
        for box in self.all("input"):
            if "checked" in box.attributes:
                sent.setdefault(box.attributes["name"], []).append(box.attributes["value"])
        return sent

    def error_beside(self, name: str) -> str:
        """The message beside a field, found the way a screen reader finds it."""
        for element in self.elements:
            if element.attributes.get("name") == name or element.attributes.get("id", "").endswith(
                f"-{name}"
            ):
                described = element.attributes.get("aria-describedby", "").split()
                found = [
                    other.words.strip()
                    for other in self.elements
                    if other.attributes.get("id") in described
                    and other.attributes["id"].endswith("_error")
                ]
                if found:
                    assert element.attributes.get("aria-invalid") == "true"
                    return found[0]
        return ""
