from django.apps import AppConfig


class CasesConfig(AppConfig):
    name = "campaigns.cases"
    label = "cases"
    verbose_name = "Cases"
