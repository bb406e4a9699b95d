from django.apps import AppConfig


class CustomersConfig(AppConfig):
    name = "examples.shop.customers"
    label = "customers"
