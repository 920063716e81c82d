import re
from io import BytesIO
from zipfile import ZipFile

import pytest
from django.core.exceptions import ValidationError
from django.utils import translation

from practices import documents
from practices.documents import KINDS, LANGUAGES, language_name, store_document
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


WITH_MACROS = {**parts_of("docx"), "word/vbaProject.bin": "Sub AutoOpen()"}
MACRO_TYPE = {"[Content_Types].xml": "application/vnd.ms-word.document.macroEnabled.main+xml"}
BASIC = {**parts_of("odt"), "Basic/Standard/Module1.xml": "Sub Main"}
LOCKED = {**parts_of("odt"), "META-INF/manifest.xml": "<manifest:encryption-data/>"}
NOT_ONE, TWO, DAMAGED = "n’est pas un document", "à la fois un document et autre chose", "Ce document est abîmé"


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
        (documents.FORMER_OFFICE + bytes(600), "a.doc", "d’un ancien format Office"),
        (bytes(21_000_000), "a.pdf", "Ce fichier pèse 21,0\u00a0Mo."),
        (many_parts(5001), "a.docx", "une fois décompressé"),
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
