"""HTML of a letter as text to read, for letters that have nothing else."""

from html.parser import HTMLParser

BREAKING = {"p", "div", "br", "tr", "li", "h1", "h2", "h3", "table", "hr"}
UNSEEN = {"style", "script", "head", "title", "template"}


class Reader(HTMLParser):
    """Collects what a person would see, and where links lead."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.parts: list[str] = []
        self.unseen = 0
        self.links: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in UNSEEN:
            self.unseen += 1
        if tag in BREAKING:
            self.parts.append("\n")
        if tag == "a":
            self.links.append(dict(attrs).get("href") or "")

    def handle_endtag(self, tag: str) -> None:
        if tag in UNSEEN:
            self.unseen = max(0, self.unseen - 1)
        if tag in BREAKING:
            self.parts.append("\n")
        if tag == "a" and self.links and (link := self.links.pop()):
            self.parts.append(f" {link} ")

    def handle_data(self, data: str) -> None:
        if not self.unseen:
            self.parts.append(data)


def readable(html: str) -> str:
    """The text of ``html`` with the addresses of its links, one blank line between paragraphs."""
    reader = Reader()
    reader.feed(html)
    reader.close()
    lines = [" ".join(line.split()) for line in "".join(reader.parts).split("\n")]
    paragraphs = [line for n, line in enumerate(lines) if line or (n and lines[n - 1])]
    return "\n".join(paragraphs).strip()
