"""What CouchDB holds: how a customer wants the shop to be, and their saved searches."""

from django.apps import AppConfig


class PreferencesConfig(AppConfig):
    """No models: only what the shop says about its CouchDB in ``privacy.py``."""

    name = "examples.shop.preferences"
    label = "shop_preferences"
