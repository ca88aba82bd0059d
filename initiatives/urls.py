from django.urls import path, register_converter

from initiatives import (
    attachment_views,
    handover_views,
    notice_views,
    part_views,
    review_views,
    term_views,
    version_views,
    views,
    year_views,
)
from initiatives.plan_years import FiscalYearConverter
from initiatives.survey import views as survey_views

register_converter(FiscalYearConverter, "year")

app_name = "initiatives"
urlpatterns = [
    path("", views.home, name="home"),
    path("years/", views.year_list, name="year_list"),
    path("years/open/", year_views.year_open, name="year_open"),
    path("handover/<int:department_id>/", handover_views.handover_edit, name="handover_edit"),
    path(
        "handover/<int:department_id>/<int:initiative_id>/",
        handover_views.handover_edit,
        name="handover_of_initiative",
    ),
    path("plans/<int:plan_id>/<year:fiscal_year>/", views.year_home, name="year_home"),
    path("plans/<int:plan_id>/<year:fiscal_year>/settings/", year_views.year_settings, name="year_settings"),
    path("plans/<int:plan_id>/<year:fiscal_year>/deadlines/", year_views.year_deadlines, name="year_deadlines"),
    path("plans/<int:plan_id>/<year:fiscal_year>/extension/", year_views.year_extension, name="year_extension"),
    path(
        "plans/<int:plan_id>/<year:fiscal_year>/transition/<slug:action>/",
        year_views.year_transition,
        name="year_transition",
    ),
    path("plans/<int:plan_id>/<year:fiscal_year>/board.xlsx", views.board_excel, name="board_excel"),
    path("plans/<int:plan_id>/<year:fiscal_year>/notices/", notice_views.notices, name="notices"),
    path("plans/<int:plan_id>/<year:fiscal_year>/notices/preview/", notice_views.notice_preview, name="notice_preview"),
    path("plans/<int:plan_id>/<year:fiscal_year>/notices/log/", notice_views.notice_log, name="notice_log"),
    path(
        "plans/<int:plan_id>/<year:fiscal_year>/notices/log/<int:pk>/again/",
        notice_views.notice_again,
        name="notice_again",
    ),
    path("plans/<int:plan_id>/<year:fiscal_year>/terms/", term_views.term_list, name="term_list"),
    path("plans/<int:plan_id>/<year:fiscal_year>/terms/add/", term_views.term_add, name="term_add"),
    path("plans/<int:plan_id>/<year:fiscal_year>/terms/use/", term_views.term_use, name="term_use"),
    path("plans/<int:plan_id>/<year:fiscal_year>/terms/found/", term_views.term_uses, name="term_uses"),
    path("plans/<int:plan_id>/<year:fiscal_year>/terms/<int:pk>/", term_views.term_edit, name="term_edit"),
    path("plans/<int:plan_id>/<year:fiscal_year>/initiatives/", views.entry_list, name="entry_list"),
    path("plans/<int:plan_id>/<year:fiscal_year>/initiatives.xlsx", views.entry_list_excel, name="entry_list_excel"),
    path("plans/<int:plan_id>/<year:fiscal_year>/initiatives/<int:pk>/", views.entry_detail, name="entry_detail"),
    path("plans/<int:plan_id>/<year:fiscal_year>/parts/<int:pk>/", part_views.part_edit, name="part_edit"),
    path(
        "plans/<int:plan_id>/<year:fiscal_year>/parts/<int:pk>/messages/", review_views.message_new, name="message_new"
    ),
    path(
        "plans/<int:plan_id>/<year:fiscal_year>/parts/<int:pk>/preview/", part_views.part_preview, name="part_preview"
    ),
    path("plans/<int:plan_id>/<year:fiscal_year>/parts/<int:pk>/checks/", part_views.part_checks, name="part_checks"),
    path(
        "plans/<int:plan_id>/<year:fiscal_year>/parts/<int:pk>/versions/",
        version_views.part_versions,
        name="part_versions",
    ),
    path(
        "plans/<int:plan_id>/<year:fiscal_year>/parts/<int:pk>/files/", attachment_views.part_files, name="part_files"
    ),
    path(
        "plans/<int:plan_id>/<year:fiscal_year>/files/<int:pk>/",
        attachment_views.attachment_file,
        name="attachment_file",
    ),
    path(
        "plans/<int:plan_id>/<year:fiscal_year>/files/<int:pk>/remove/",
        attachment_views.attachment_remove,
        name="attachment_remove",
    ),
    path(
        "plans/<int:plan_id>/<year:fiscal_year>/parts/<int:pk>/<slug:action>/",
        review_views.part_transition,
        name="part_transition",
    ),
    path("plans/<int:plan_id>/<year:fiscal_year>/confirm/", review_views.confirm_list, name="confirm_list"),
    path("plans/<int:plan_id>/<year:fiscal_year>/confirm/send/", review_views.confirm_many, name="confirm_many"),
    path("plans/<int:plan_id>/<year:fiscal_year>/review/", review_views.review_queue, name="review_queue"),
    path("plans/<int:plan_id>/<year:fiscal_year>/review/approve/", review_views.approve_many, name="approve_many"),
    path("plans/<int:plan_id>/<year:fiscal_year>/review/<int:pk>/", review_views.review_part, name="review_part"),
    path(
        "plans/<int:plan_id>/<year:fiscal_year>/review/<int:pk>/correct/",
        review_views.part_correct,
        name="part_correct",
    ),
    path("plans/<int:plan_id>/<year:fiscal_year>/review/<int:pk>/rating/", review_views.rating_set, name="rating_set"),
    path("plans/<int:plan_id>/<year:fiscal_year>/survey/", survey_views.survey, name="survey"),
    path(
        "plans/<int:plan_id>/<year:fiscal_year>/survey/departments/<int:department_id>.xlsx",
        survey_views.survey_excel,
        name="survey_excel",
    ),
    path(
        "plans/<int:plan_id>/<year:fiscal_year>/survey/departments/<int:department_id>/print/",
        survey_views.survey_print,
        name="survey_print",
    ),
    path("plans/<int:plan_id>/<year:fiscal_year>/survey/<int:pk>/", survey_views.survey_preview, name="survey_preview"),
    path(
        "plans/<int:plan_id>/<year:fiscal_year>/survey/<int:pk>/confirm/",
        survey_views.survey_confirm,
        name="survey_confirm",
    ),
    path(
        "plans/<int:plan_id>/<year:fiscal_year>/survey/<int:pk>/abandon/",
        survey_views.survey_abandon,
        name="survey_abandon",
    ),
]
