from django.apps import AppConfig


class SupportConfig(AppConfig):
    name = "examples.shop.support"
    label = "support"
