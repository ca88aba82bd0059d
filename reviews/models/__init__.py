"""推進委員会: what its members read and say about a year, and what the city answers."""

from reviews.models.answer import FollowUp, Response
from reviews.models.opinion import LONGEST, CommitteeRating, Inquiry, Opinion, OpinionDraft
from reviews.models.reading import Assignment, ReadMark
from reviews.models.review import CommitteeReview

__all__ = [
    "LONGEST",
    "Assignment",
    "CommitteeRating",
    "CommitteeReview",
    "FollowUp",
    "Inquiry",
    "Opinion",
    "OpinionDraft",
    "ReadMark",
    "Response",
]
