"""A host that keeps history: twins by django-simple-history, versions by django-reversion, events written by hand."""
