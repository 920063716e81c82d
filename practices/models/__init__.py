"""The data of the catalogue: practices, their vocabularies and parts, and what is remembered of them."""

from practices.models.former_slugs import FormerAddress
from practices.models.imports import ImportChunk, ImportJob
from practices.models.links import LinkCheck
from practices.models.parts import Document, KeyFigure, Link
from practices.models.practices import Organisation, Practice
from practices.models.publication import Status
from practices.models.revisions import Revision
from practices.models.statistics import DailyCount, Unanswered
from practices.models.terms import Audience, Country, Kind, Sector, Term, Theme
from practices.models.versions import Change, Version
from practices.models.workflow import ReviewRound, Step

__all__ = [
    "Audience",
    "Change",
    "Country",
    "DailyCount",
    "Document",
    "FormerAddress",
    "ImportChunk",
    "ImportJob",
    "KeyFigure",
    "Kind",
    "Link",
    "LinkCheck",
    "Organisation",
    "Practice",
    "ReviewRound",
    "Revision",
    "Sector",
    "Status",
    "Step",
    "Term",
    "Theme",
    "Unanswered",
    "Version",
]
