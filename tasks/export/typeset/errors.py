"""What goes wrong when a list is set."""


class Unsupported(Exception):
    """WeasyPrint is of a version whose inner parts are not as known here."""
