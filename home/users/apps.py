from django.apps import AppConfig


class UsersConfig(AppConfig):
    name = "home.users"
    label = "users"
    verbose_name = "Staff"
