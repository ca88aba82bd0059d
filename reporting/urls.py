from django.urls import path

from reporting import (
    chapter_views,
    check_views,
    edition_views,
    file_views,
    meeting_views,
    reading_views,
    views,
    voice_views,
)
from reporting.importing import views as importing

app_name = "reporting"
_CHAPTER = "plans/<int:plan_id>/<year:fiscal_year>/chapters/<int:goal>/<slug:kind>/"
_EDITION = "plans/<int:plan_id>/<year:fiscal_year>/report/editions/<int:number>/"
_READING = "plans/<int:plan_id>/<year:fiscal_year>/reading/"
_MEETING = "plans/<int:plan_id>/<year:fiscal_year>/meetings/"
urlpatterns = [
    path("plans/<int:plan_id>/<year:fiscal_year>/summary/", views.summary, name="summary"),
    path("plans/<int:plan_id>/<year:fiscal_year>/summary.xlsx", views.summary_excel, name="summary_excel"),
    path("plans/<int:plan_id>/<year:fiscal_year>/low-ratings/", views.low_ratings, name="low_ratings"),
    path("plans/<int:plan_id>/<year:fiscal_year>/opinion-table/", views.opinion_table, name="opinion_table"),
    path("plans/<int:plan_id>/<year:fiscal_year>/report/", views.build_list, name="build_list"),
    path("plans/<int:plan_id>/<year:fiscal_year>/report/build/", views.build_start, name="build_start"),
    path(
        "plans/<int:plan_id>/<year:fiscal_year>/report/files/<slug:kind>/", file_views.report_file, name="report_file"
    ),
    path("plans/<int:plan_id>/<year:fiscal_year>/report/finalize/", edition_views.edition_new, name="edition_new"),
    path(_EDITION, edition_views.edition_detail, name="edition_detail"),
    path(f"{_EDITION}files/", edition_views.edition_files, name="edition_files"),
    path(f"{_EDITION}<slug:action>/", edition_views.edition_step, name="edition_step"),
    path("plans/<int:plan_id>/<year:fiscal_year>/report/voices/", voice_views.voice_list, name="voice_list"),
    path("plans/<int:plan_id>/<year:fiscal_year>/report/voices/call/", voice_views.voice_call, name="voice_call"),
    path("plans/<int:plan_id>/<year:fiscal_year>/report/voices/<int:pk>/", voice_views.voice_edit, name="voice_edit"),
    path("plans/<int:plan_id>/<year:fiscal_year>/report/word/", file_views.word_compare, name="word_compare"),
    path("plans/<int:plan_id>/<year:fiscal_year>/checks/", check_views.check_list, name="check_list"),
    path("plans/<int:plan_id>/<year:fiscal_year>/checks/overview/", check_views.check_overview, name="check_overview"),
    path(
        "plans/<int:plan_id>/<year:fiscal_year>/checks/<slug:key>/decide/",
        check_views.check_decide,
        name="check_decide",
    ),
    path("plans/<int:plan_id>/<year:fiscal_year>/chapters/", chapter_views.chapter_list, name="chapter_list"),
    path("plans/<int:plan_id>/<year:fiscal_year>/chapters/notes/", chapter_views.chapter_notes, name="chapter_notes"),
    path(_CHAPTER, chapter_views.chapter_edit, name="chapter_edit"),
    path(f"{_CHAPTER}reading/", chapter_views.chapter_reading, name="chapter_reading"),
    path(f"{_CHAPTER}preview/", chapter_views.chapter_preview, name="chapter_preview"),
    path(f"{_CHAPTER}history/", chapter_views.chapter_history, name="chapter_history"),
    path(f"{_CHAPTER}mend/", chapter_views.chapter_mend, name="chapter_mend"),
    path(f"{_CHAPTER}reopen/", chapter_views.chapter_reopen, name="chapter_reopen"),
    path(_READING, reading_views.reading_list, name="reading_list"),
    path(f"{_READING}print/", reading_views.reading_print, name="reading_print"),
    path(f"{_READING}<slug:key>/", reading_views.reading, name="reading"),
    path(f"{_READING}<slug:key>/read/", reading_views.reading_mark, name="reading_mark"),
    path(_MEETING, meeting_views.meeting_list, name="meeting_list"),
    path(f"{_MEETING}add/", meeting_views.meeting_add, name="meeting_add"),
    path(f"{_MEETING}<int:pk>/", meeting_views.meeting_edit, name="meeting_edit"),
    path(f"{_MEETING}<int:pk>/freeze/", meeting_views.meeting_freeze, name="meeting_freeze"),
    path(f"{_MEETING}versions/<int:pk>/", meeting_views.meeting_version, name="meeting_version"),
    path("print.css", chapter_views.print_css_file, name="print_css_file"),
    path("report-builds/<int:pk>/", views.build_detail, name="build_detail"),
    path("report-builds/<int:pk>/progress/", views.build_progress, name="build_progress"),
    path("report-builds/<int:pk>/cancel/", edition_views.build_cancel, name="build_cancel"),
    path("report-builds/<int:pk>/file/", views.build_file, name="build_file"),
    path("imports/", importing.import_new, name="import_new"),
    path("imports/<int:pk>/", importing.import_preview, name="import_preview"),
    path("imports/<int:pk>/confirm/", importing.import_confirm, name="import_confirm"),
    path("imports/<int:pk>/abandon/", importing.import_abandon, name="import_abandon"),
    path("imports/<int:pk>/result/", importing.import_result, name="import_result"),
]
