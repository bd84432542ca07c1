from django.urls import path

from .views import DoorView

app_name = "mailings"

urlpatterns = [path("<slug:door>/<str:token>/", DoorView.as_view(), name="door")]
