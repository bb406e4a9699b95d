"""What Redis remembers of a visit: the cart, goods looked at, devices, points of the tea quiz."""

from django.apps import AppConfig


class CartsConfig(AppConfig):
    """No models: only what the shop says about its Redis in ``privacy.py``."""

    name = "examples.shop.carts"
    label = "shop_carts"
