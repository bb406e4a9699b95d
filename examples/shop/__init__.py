"""Kestrel & Moss: an invented shop for outdoor and tea gear in Leipzig, with everything that a privacy desk meets."""
