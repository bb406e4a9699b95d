"""A host with every relation kind, key type and ``on_delete``; its subjects are ``zoo.Person``."""
