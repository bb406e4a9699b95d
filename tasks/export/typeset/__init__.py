"""Long lists set straight with Pango: one layout per record instead of a tree of boxes, five times as fast.

The paper, the fonts, the archive format and the tags are WeasyPrint's. Some of what is used here is not its
public interface: ``typeset.volume`` raises ``Unsupported`` where it is not as known, and the caller then takes
the way of HTML, which is slower and otherwise equal.
"""

from tasks.export.typeset.errors import Unsupported
from tasks.export.typeset.frame import Frame, Item
from tasks.export.typeset.volume import volume

__all__ = ["Frame", "Item", "Unsupported", "volume"]
