import re
from io import BytesIO
from zipfile import ZIP_LZMA, ZipFile

import pytest
from django.core.exceptions import ValidationError
from django.utils import translation

from content.media import documents
from content.media.documents import KINDS, LANGUAGES, language_name, store_document
from content.media.recognition import FORMER_OFFICE
from practices.models import Document
from tests.uploads import PDF, archive, document, parts_of, sent

SENTENCE = "Acceptés\u00a0: PDF, ODT, ODS, ODP, DOCX, XLSX ou PPTX, de 20\u00a0Mo au plus, sans macro ni mot de passe."


@pytest.mark.parametrize("kind", KINDS)
def test_each_kind_is_known_by_its_content_and_kept_as_it_came(media, kind):
    upload = document(kind, f"Rapport Annuel.{kind.upper()}")

    name = store_document(upload)

    assert re.fullmatch(rf"documents/[\w-]{{22}}\.{kind}", name)
    upload.seek(0)
    assert (media / name).read_bytes() == upload.read()


def encrypted():
    """An archive whose first part says that it takes a password."""
    content = bytearray(archive(parts_of("docx")))
    content[6] |= 1
    content[content.index(b"PK\x01\x02") + 8] |= 1
    return bytes(content)


def lying():
    """An archive that declares that its part of a megabyte weighs one byte."""
    content = bytearray(archive({**parts_of("docx"), "word/a.xml": bytes(1 << 20)}))
    entry = content.rindex(b"PK\x01\x02")
    content[entry + 24 : entry + 28] = (1).to_bytes(4, "little")
    return bytes(content)


def many_parts(count):
    file = BytesIO()
    with ZipFile(file, "w") as made:
        for name, content in parts_of("docx").items():
            made.writestr(name, content)
        for number in range(count):
            made.writestr(f"{number}", "")
    return file.getvalue()


def damaged_by_lzma():
    """A document that LZMA compressed, whose content does not begin with a zero as it must."""
    file = BytesIO()
    with ZipFile(file, "w", ZIP_LZMA) as made:
        for name, content in parts_of("odt").items():
            made.writestr(name, content * 9)
    content = bytearray(file.getvalue())
    content[content.index(b"content.xml") + 20] ^= 0xFF
    return bytes(content)


CROSS_REFERENCES = (
    b"%%PDF-1.7\n7 0 obj <</Type /XRef %s /W [1 2 1]>> stream\n\0\1\nendstream endobj\nstartxref\n9\n%%%%EOF"
)
WITH_MACROS = {**parts_of("docx"), "word/vbaProject.bin": "Sub AutoOpen()"}
MACRO_TYPE = {"[Content_Types].xml": "application/vnd.ms-word.document.macroEnabled.main+xml"}
BASIC = {**parts_of("odt"), "Basic/Standard/Module1.xml": "Sub Main"}
LOCKED = {**parts_of("odt"), "META-INF/manifest.xml": "<manifest:encryption-data/>"}
NOT_ONE, TWO, DAMAGED = "n’est pas un document", "à la fois un document et autre chose", "Ce document est abîmé"
RESTRICTED = "Ce PDF est protégé par un mot de passe"


@pytest.mark.parametrize(
    ("content", "name", "why"),
    [
        (b"<svg/>", "a.svg", NOT_ONE),
        (b"<!doctype html>", "a.pdf", NOT_ONE),
        (b"\x7fELF", "a.pdf", NOT_ONE),
        (b"<html>" + PDF, "a.pdf", NOT_ONE),
        (archive({"a.txt": "b"}), "a.docx", NOT_ONE),
        (archive({"META-INF/MANIFEST.MF": "Main-Class: A"}), "a.odt", NOT_ONE),
        (PDF, "a.docx", "finit par «\u00a0.docx\u00a0», mais son contenu est du PDF"),
        (archive(parts_of("odt")), "a.ods", "finit par «\u00a0.ods\u00a0», mais son contenu est du ODT"),
        (PDF, "a.pdf.exe", "finit par «\u00a0.exe\u00a0»"),
        (PDF + archive({"a": "b"}), "a.pdf", TWO),
        (b"%PDF-1.7\n<script>alert(1)</script>\n%%EOF", "a.pdf", TWO),
        (archive(parts_of("odt"), suffix=b"<html>"), "a.odt", TWO),
        (PDF[:-8], "a.pdf", DAMAGED),
        (archive(parts_of("odt"))[:-30], "a.odt", DAMAGED),
        (archive(WITH_MACROS), "a.docx", "contient des macros"),
        (archive(MACRO_TYPE), "a.docx", "contient des macros"),
        (archive(BASIC), "a.odt", "contient des macros"),
        (archive(LOCKED), "a.odt", "protégé par un mot de passe"),
        (encrypted(), "a.docx", "protégé par un mot de passe"),
        (FORMER_OFFICE + bytes(600), "a.doc", "d’un ancien format Office"),
        (bytes(21_000_000), "a.pdf", "Ce fichier pèse 21,0\u00a0Mo."),
        (many_parts(5001), "a.docx", "une fois décompressé"),
        (damaged_by_lzma(), "a.odt", DAMAGED),
        (PDF.replace(b"<</Root", b"<</Encrypt 9 0 R/Root"), "a.pdf", RESTRICTED),
        (PDF.replace(b"<</Root", b"<< /Size 3 /Encrypt <</Filter/Standard/V 1>> /Root"), "a.pdf", RESTRICTED),
        (CROSS_REFERENCES % b"/Encrypt 9 0 R", "a.pdf", RESTRICTED),
        (PDF + b"\0" * 10 + b"<html>", "a.pdf", TWO),
        (PDF + b"x" * 70_000, "a.pdf", DAMAGED),
        (b"%PDF-1.7\nstartxref\n0\n%%EOF\n1 0 obj<<", "a.pdf", DAMAGED),
        (b"GIF89a" + PDF, "a.pdf", NOT_ONE),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_what_is_not_a_plain_document_is_refused_in_a_sentence_that_says_why(media, content, name, why):
    with pytest.raises(ValidationError) as refused:
        store_document(sent(content, name))

    [sentence] = refused.value.messages
    assert why in sentence
    assert sentence.endswith(SENTENCE)
    assert list(media.iterdir()) == []


@pytest.mark.parametrize(
    "content",
    [
        b"\xef\xbb\xbf" + PDF,
        b"\r\n" + PDF,
        b"\xef\xbb\xbf\r\n \0" + PDF,
        PDF + bytes(3000),
        PDF + b"\r\n" * 5000,
        PDF + b"-- added by a server --" * 130,
        PDF.replace(b"endobj", b"(/Encrypt 5 0 R)>>endobj 2 0 obj<</Length 9>>stream /Encrypt 5 0 R endstream endobj"),
        PDF.replace(b"/Catalog", b"/Catalog/EncryptMetadata false"),
        CROSS_REFERENCES % b"/Size 4",
    ],
)
def test_a_pdf_is_taken_with_what_surrounds_it_and_whatever_it_tells_of(media, content):
    name = store_document(sent(content, "a.pdf"))

    assert (media / name).read_bytes() == content


@pytest.mark.parametrize(
    "contents",
    [
        "<Override PartName='/word/document.xml' ContentType='{}.main+xml'/>",
        '<Override PartName="/word/document.xml" ContentType = "{}.main+xml" />',
        "<Override\n ContentType\n=\n'{}.main+xml'/>",
        '\ufeff<?xml version="1.0" encoding="UTF-16"?><Override ContentType="{}.main+xml"/>',
    ],
)
def test_an_office_document_may_be_written_in_any_way_of_xml(media, contents):
    encoding = "utf-16-le" if "UTF-16" in contents else "utf-8"
    parts = {**parts_of("docx"), "[Content_Types].xml": contents.format(KINDS["docx"]).encode(encoding)}

    assert store_document(sent(archive(parts), "a.docx")).endswith(".docx")


@pytest.mark.parametrize("content", [archive({**parts_of("docx"), "word/a.xml": bytes(1 << 20)}), lying()])
def test_an_archive_that_would_fill_a_disk_is_refused_whatever_it_declares(media, monkeypatch, content):
    monkeypatch.setattr(documents, "MOST_UNPACKED", 1 << 19)

    with pytest.raises(ValidationError, match="une fois décompressé"):
        store_document(sent(content, "a.docx"))


def test_a_document_says_what_one_wants_to_know_before_taking_it():
    one = Document(title="Guide", file="documents/a.pdf", size=1_234_000, language="en")

    assert one.about == "PDF, 1,2\u00a0Mo, en anglais"
    with translation.override("en"):
        assert one.about == "PDF, 1.2 MB, in English"


def test_every_language_offered_has_a_name():
    assert [code for code in LANGUAGES if language_name(code) == code] == []
    assert language_name("xx") == "xx"
