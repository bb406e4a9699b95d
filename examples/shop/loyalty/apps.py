"""Bonus points, which a service of its own holds."""

from django.apps import AppConfig


class LoyaltyConfig(AppConfig):
    """No models: only what the shop says about the service in ``privacy.py``."""

    name = "examples.shop.loyalty"
    label = "shop_loyalty"
