"""Public addresses: of a year's newest edition (…/1/R6/goals/2/), or of an edition by its number (…/1/R6/v1/goals/2/)."""

from django.urls import include, path

from reporting.public import views

app_name = "public"


def _pages() -> list:
    return [
        path("", views.overview, name="overview"),
        path("goals/", views.goal_list, name="goal_list"),
        path("goals/<int:goal>/", views.goal, name="goal"),
        path("indicators/", views.indicator_list, name="indicator_list"),
        path("indicators/<str:code>/", views.indicator, name="indicator"),
        path("initiatives/", views.initiative_list, name="initiative_list"),
        path("initiatives/<str:code>/", views.initiative, name="initiative"),
        path("low-ratings/", views.low_rating_list, name="low_rating_list"),
        path("committee/", views.committee, name="committee"),
        path("downloads/", views.downloads, name="downloads"),
        path("files/<str:name>", views.file, name="file"),
    ]


urlpatterns = [
    path("public/", views.start, name="start"),
    path("public/<int:plan_id>/", views.plan, name="plan"),
    path("public/<int:plan_id>/<year:fiscal_year>/", include(_pages())),
    path("public/<int:plan_id>/<year:fiscal_year>/v<int:number>/", include(_pages())),
    path("public/<path:rest>", views.nothing, name="nothing"),  # last
]
