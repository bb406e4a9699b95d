from django.apps import AppConfig


class DemoConfig(AppConfig):
    name = "examples.shop.demo"
    label = "demo"
