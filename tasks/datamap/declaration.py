"""What every declaration says, of a model or of a store: why it is held, on what ground, how long, who receives it."""

from tasks.datamap.vocabulary import Category, LegalBasis, Purpose, Recipient, Retention, Text
from tasks.errors import DeclarationError


class Declaration:
    """The context of what is held: what is left out is asked of the category. Its words are explained there."""

    description: Text = ""
    purposes: tuple[Purpose, ...] = ()
    legal_basis: LegalBasis | None = None
    retention: Retention | None = None
    recipients: tuple[Recipient, ...] = ()
    origin: Text = ""
    transfers: Text = ""
    automated: Text = ""

    def wrong(self, attribute: str, wanted: str, found: str) -> DeclarationError:
        """The error for a wrong attribute, naming app, class and attribute."""
        return DeclarationError(f"{named(type(self))}.{attribute}: wanted {wanted}, found {found}.")


# Functions and no methods: a host may call an attribute as it likes.


def in_context(declaration: Declaration, category: Category) -> Category:
    """The category, with the declaration's own word wherever it has one."""
    own = {name: said for name in Declaration.__annotations__ if (said := getattr(declaration, name))}
    return Category(**{**vars(category), **own})


def named(declaration: type) -> str:
    """The name of a declaration's class with its module: ``shop.privacy.OrderPrivacy``."""
    return f"{declaration.__module__}.{declaration.__qualname__}"
