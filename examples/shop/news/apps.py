from django.apps import AppConfig


class NewsConfig(AppConfig):
    name = "examples.shop.news"
    label = "news"
