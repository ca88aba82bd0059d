"""Public addresses: of a year's newest edition (…/1/R6/goals/2/), or of an edition by its number (…/1/R6/v1/goals/2/)."""

from django.urls import include, path

from reporting.public import views, voices

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
        path("easy/", views.easy, name="easy"),
        path("voices/", voices.voices, name="voices"),
        path("voices/sent/", voices.sent, name="voices_sent"),
        path("downloads/", views.downloads, name="downloads"),
        path("editions/", views.edition_list, name="edition_list"),
        path("changes/", views.changes, name="changes"),
        path("text/", views.text_list, name="text_list"),
        path("text/<slug:part>/", views.text, name="text"),
        path("embed/goals/", views.embed_goals, name="embed_goals"),
        path("embed/indicators/<str:code>/", views.embed_indicator, name="embed_indicator"),
        path("api/", views.api_edition, name="api_edition"),
        path("api/initiatives/<str:code>/", views.api_initiative, name="api_initiative"),
        path("api/<slug:table>/", views.api_table, name="api_table"),
        path("files/<str:name>", views.file, name="file"),
    ]


urlpatterns = [
    path("robots.txt", views.robots, name="robots"),
    path("public/", views.start, name="start"),
    path("public/api/", views.api_start, name="api"),
    path("public/feed.xml", views.news, name="feed"),
    path("public/sitemap.xml", views.sitemap, name="sitemap"),
    path("public/<int:plan_id>/", views.plan, name="plan"),
    path("public/<int:plan_id>/<year:fiscal_year>/", include(_pages())),
    path("public/<int:plan_id>/<year:fiscal_year>/v<int:number>/", include(_pages())),
    path("public/<path:rest>", views.nothing, name="nothing"),  # last
]
