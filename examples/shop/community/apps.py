from django.apps import AppConfig


class CommunityConfig(AppConfig):
    name = "examples.shop.community"
    label = "community"
