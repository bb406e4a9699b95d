from django.apps import AppConfig


class OrdersConfig(AppConfig):
    name = "examples.shop.orders"
    label = "orders"
