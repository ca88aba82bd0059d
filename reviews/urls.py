from django.urls import path

from reviews import assignment_views, opinion_views

app_name = "reviews"
_YEAR = "plans/<int:plan_id>/<year:fiscal_year>/"
urlpatterns = [
    path(f"{_YEAR}assignments/", assignment_views.assignment_edit, name="assignment_edit"),
    path(f"{_YEAR}opinions/", opinion_views.opinion_list, name="opinion_list"),
    path(f"{_YEAR}opinions/<int:pk>/withdraw/", opinion_views.opinion_withdraw, name="opinion_withdraw"),
]
