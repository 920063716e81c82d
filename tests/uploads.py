"""Short ways to make the files that people send, good and bad; nothing is kept with the code."""

from io import BytesIO
from zipfile import ZIP_DEFLATED, ZipFile

from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image

from content.media.documents import KINDS

PDF = b"%PDF-1.7\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"


def sent(content, name):
    """Content as a form receives it."""
    return SimpleUploadedFile(name, content)


def picture(name="atelier.jpg", size=(640, 400), kind="JPEG", mode="RGB", colour="#4e2f93", **options):
    """A picture of one colour."""
    file = BytesIO()
    Image.new(mode, size, colour).save(file, kind, **options)
    return sent(file.getvalue(), name)


def progressive(size=(640, 400), scans=0):
    """The bytes of a progressive JPEG (ITU-T T.81, annex G), whose last scan is there `scans` times more."""
    file = BytesIO()
    Image.new("L", size, 100).save(file, "JPEG", progressive=True, optimize=True)
    content, end = file.getvalue(), b"\xff\xd9"
    last = content[content.rindex(b"\xff\xda") : content.rindex(end)]
    return content.removesuffix(end) + last * scans + end


def archive(parts, prefix=b"", suffix=b""):
    """The bytes of a ZIP archive of {name: content}."""
    file = BytesIO()
    with ZipFile(file, "w", ZIP_DEFLATED) as made:
        for name, content in parts.items():
            made.writestr(name, content)
    return prefix + file.getvalue() + suffix


def parts_of(kind):
    """The parts of an office document that say what it is."""
    media_type = KINDS[kind]
    if kind.startswith("od"):
        return {"mimetype": media_type, "content.xml": "<office/>", "META-INF/manifest.xml": "<manifest/>"}
    return {"[Content_Types].xml": f'<Override ContentType="{media_type}.main+xml"/>', "word/document.xml": "<w/>"}


def document(kind="pdf", name=None):
    """A document of a kind that is accepted."""
    return sent(PDF if kind == "pdf" else archive(parts_of(kind)), name or f"rapport.{kind}")
