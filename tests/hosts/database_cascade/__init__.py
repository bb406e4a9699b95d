"""A host on Django 6.1 that leaves cascades to its database."""
