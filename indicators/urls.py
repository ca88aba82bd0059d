from django.urls import path

from indicators import views

app_name = "indicators"
urlpatterns = [
    path("plans/<int:plan_id>/<year:fiscal_year>/indicators/", views.indicator_list, name="indicator_list"),
    path("plans/<int:plan_id>/<year:fiscal_year>/indicators/add/", views.indicator_add, name="indicator_add"),
    path(
        "plans/<int:plan_id>/<year:fiscal_year>/indicators/<int:pk>/", views.indicator_detail, name="indicator_detail"
    ),
    path(
        "plans/<int:plan_id>/<year:fiscal_year>/indicators/<int:pk>/edit/", views.indicator_edit, name="indicator_edit"
    ),
    path(
        "plans/<int:plan_id>/<year:fiscal_year>/indicators/<int:pk>/settings/",
        views.indicator_settings,
        name="indicator_settings",
    ),
    path(
        "plans/<int:plan_id>/<year:fiscal_year>/indicators/<int:pk>/rules/",
        views.indicator_rules,
        name="indicator_rules",
    ),
]
