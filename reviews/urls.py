from django.urls import path

from reviews import assignment_views, divergence_views, follow_up_views, inquiry_views, opinion_views, review_views

app_name = "reviews"
_YEAR = "plans/<int:plan_id>/<year:fiscal_year>/"
_OPINION = f"{_YEAR}opinions/<int:pk>/"
_REVIEW = f"{_YEAR}committee-reviews/<int:goal>/"
urlpatterns = [
    path(f"{_YEAR}opinions/", opinion_views.opinion_list, name="opinion_list"),
    path(_OPINION, opinion_views.opinion_detail, name="opinion_detail"),
    path(f"{_OPINION}withdraw/", opinion_views.opinion_withdraw, name="opinion_withdraw"),
    path(f"{_OPINION}ask/", opinion_views.opinion_ask, name="opinion_ask"),
    path(f"{_OPINION}answer/", opinion_views.opinion_answer, name="opinion_answer"),
    path(f"{_OPINION}reopen/", opinion_views.opinion_reopen, name="opinion_reopen"),
    path(f"{_OPINION}publish/", opinion_views.opinion_publish, name="opinion_publish"),
    path(f"{_OPINION}follow-up/", opinion_views.opinion_follow_up, name="opinion_follow_up"),
    path(f"{_YEAR}inquiries/", inquiry_views.inquiry_list, name="inquiry_list"),
    path(f"{_YEAR}inquiries/<int:pk>/", inquiry_views.inquiry_edit, name="inquiry_edit"),
    path(f"{_YEAR}inquiries/<int:pk>/cancel/", inquiry_views.inquiry_cancel, name="inquiry_cancel"),
    path(f"{_YEAR}committee-reviews/", review_views.review_list, name="review_list"),
    path(_REVIEW, review_views.review_edit, name="review_edit"),
    path(f"{_REVIEW}reopen/", review_views.review_reopen, name="review_reopen"),
    path(f"{_REVIEW}mend/", review_views.review_mend, name="review_mend"),
    path(f"{_YEAR}ratings/", divergence_views.divergence, name="divergence"),
    path(f"{_YEAR}ratings/<int:pk>/", divergence_views.rating_detail, name="rating_detail"),
    path(f"{_YEAR}follow-ups/", follow_up_views.follow_up_list, name="follow_up_list"),
    path(f"{_YEAR}follow-ups/<int:pk>/", follow_up_views.follow_up_done, name="follow_up_done"),
    path(f"{_YEAR}assignments/", assignment_views.assignment_edit, name="assignment_edit"),
]
