"""Which documents are accepted, what is said of one that is not, and how one is described to who would take it.

What a document is, `recognition` tells by its content. It is kept as it came, since its bytes are what people want, and
never opened by a browser on this site (see `content.media.middleware`).
"""

from pathlib import PurePath

from django.core.exceptions import ValidationError
from django.core.files.storage import Storage, default_storage
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import get_language, get_language_info, gettext_lazy
from django.utils.translation import gettext as _

from content.media.recognition import KINDS
from content.media.sandbox import EDITOR, Allowance
from content.media.uploads import Refusals, check_arrived, limit, new_folder, read, store

FOLDER = "documents"
ACCEPT = ",".join(f".{kind}" for kind in KINDS)
MOST = 10
"""Documents of one practice."""
MOST_UNPACKED = 300_000_000
"""Bytes that an office document may hold once unpacked."""
REFUSALS: Refusals = {
    "unknown": gettext_lazy("This file is not a document of a kind that is accepted, whatever its name says."),
    "former": gettext_lazy(
        "This file is of a former Office format, or protected by a password: save it anew without either."
    ),
    "double": gettext_lazy("This file is a document and something else at once."),
    "locked": gettext_lazy("This document is protected by a password."),
    "restricted": gettext_lazy(
        "This PDF is protected by a password, to open it or only to print or copy it: save it anew without one."
    ),
    "macros": gettext_lazy("This document holds macros, which are programs: save it anew without them."),
    "unpacked": gettext_lazy("This document would hold more than %(megabytes)s MB once unpacked."),
    "damaged": gettext_lazy("This document is damaged: it cannot be read."),
    "exhausted": gettext_lazy("This document takes too much time or memory to be read: save it anew, or in parts."),
}

LANGUAGES = tuple(
    "bg ca cs cy da de el en es et eu fi fr ga gl hr hu is it lb lt lv mk nb nl pl pt ro ru sk sl sq sr sv tr uk "
    "ar".split()
)


def accepted() -> str:
    """Return what a document may be, as a sentence."""
    return _(
        "Accepted: PDF, ODT, ODS, ODP, DOCX, XLSX or PPTX, of %(megabytes)s MB at most, without macros or a password."
    ) % {"megabytes": limit() // 1_000_000}


def language_name(code: str) -> str:
    """Return the name of a language in that of the page, as it stands in a sentence; the code where it is unknown."""
    try:
        name = get_language_info(code)["name_translated"]
    except KeyError:
        return code
    return name if get_language() == "en" else name[:1].lower() + name[1:]


def store_document(upload: UploadedFile, storage: Storage = default_storage, allowance: Allowance = EDITOR) -> str:
    """Check a document that was sent and store it; return its name. Raises ValidationError, which says why not."""
    check_arrived(upload, accepted())
    answer, _files = read(
        "content.media.recognition", upload, {"most_unpacked": MOST_UNPACKED}, allowance, REFUSALS, accepted
    )
    kind, extension = answer["kind"], PurePath(upload.name or "").suffix.lower()
    if extension != f".{kind}":
        sentence = _("The name of this file ends in “%(extension)s”, but its content is %(kind)s.")
        told = sentence % {"extension": extension, "kind": kind.upper()}
        raise ValidationError(f"{told} {accepted()}")
    name = f"{new_folder(FOLDER)}.{kind}"
    store({name: upload}, storage)
    return name
