"""The picture shown of a practice where its address is shared and it has none of its own: title, country, site.

Drawn on the server with the site's own fonts, which FreeType reads as browsers do; where it is named is in
`templates/includes/_social.html`.
"""

import io
from functools import lru_cache
from hashlib import blake2b

from django.conf import settings
from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.cache import get_conditional_response
from PIL import Image, ImageDraw, ImageFont

from practices.decorators import public_page
from practices.models import Practice

WIDTH, HEIGHT = 1200, 630
"""Pixels: what Open Graph's readers crop least."""
PAGE, RULE, STRONG_RULE, INK, ACCENT, MARGIN = "#fdfcff", "#e7e3f4", "#cfc7ea", "#241b3d", "#4e2f93", "#b3173f"
LEFT, RIGHT, TITLE_TOP, TITLE_BOTTOM = 140, 1120, 150, 480
SERIF = ("spectral-600.woff2", "spectral-600-ext.woff2", "spectral-600-rare.woff2")
SANS = ("source-sans-3.woff2", "source-sans-3-ext.woff2", "source-sans-3-rare.woff2")
TITLE_SIZES, LEADING = (84, 74, 66, 58, 50, 42, 34), 1.16
MOST_COUNTRIES = 4
DRAWN = 256
"""Pictures kept by a process, about 20 kB each."""


@lru_cache
def _fonts(files, size):
    """The files of one family, the first being the one to ask first."""
    fonts = [ImageFont.truetype(settings.STATICFILES_DIRS[0] / "fonts" / name, size) for name in files]
    for font in fonts:
        if files is SANS:
            font.set_variation_by_axes([600])
    return fonts


@lru_cache(maxsize=4096)
def _font_of(character, files, size):
    """The file that has a character; the first one where none has, which then leaves a blank."""
    fonts = _fonts(files, size)
    having = (one for one in fonts if bytes(one.getmask(character)) != bytes(one.getmask("\uffff")))
    return next(having, fonts[0])


def _runs(text, files, size):
    """A text cut where the file changes, as [font, piece]."""
    runs: list[list] = []
    for character in text:
        font = _font_of(character, files, size) if not character.isspace() or not runs else runs[-1][0]
        if runs and runs[-1][0] is font:
            runs[-1][1] += character
        else:
            runs.append([font, character])
    return runs


def _width(text, files, size):
    return sum(font.getlength(piece) for font, piece in _runs(text, files, size))


def _write(canvas, place, text, files, size, fill):
    across, baseline = place
    for font, piece in _runs(text, files, size):
        canvas.text((across, baseline), piece, font=font, fill=fill, anchor="ls")
        across += font.getlength(piece)


def _lines(text, size):
    """A title broken between its words, never at a space that holds them together."""
    lines: list[str] = []
    for word in text.split(" "):
        longer = f"{lines[-1]} {word}" if lines else word
        if lines and _width(longer, SERIF, size) <= RIGHT - LEFT:
            lines[-1] = longer
        else:
            lines.append(word)
    return lines


def _fitted(title):
    """The largest size at which a title fits, with its lines; at the smallest, what does not fit is cut."""
    for size in TITLE_SIZES:
        lines, room = _lines(title, size), int((TITLE_BOTTOM - TITLE_TOP) / (size * LEADING))
        if len(lines) <= room and max(_width(line, SERIF, size) for line in lines) <= RIGHT - LEFT:
            return size, lines
    return size, [*lines[: room - 1], f"{lines[room - 1]}…"] if len(lines) > room else lines


@lru_cache(maxsize=DRAWN)
def draw(title, countries, kind, site):
    """Return the PNG of a practice: a ruled page, its margin, the words."""
    picture = Image.new("RGB", (WIDTH, HEIGHT), PAGE)
    canvas = ImageDraw.Draw(picture)
    for number, down in enumerate(range(14, HEIGHT, 14)):
        canvas.line((0, down, WIDTH, down), fill=RULE if number % 4 else STRONG_RULE)
    canvas.rectangle((LEFT - 36, 42, WIDTH - 42, HEIGHT - 42), fill=PAGE)
    canvas.line((LEFT - 36, 0, LEFT - 36, HEIGHT), fill=MARGIN, width=4)
    size, lines = _fitted(" ".join(title.replace("\u202f", "\u00a0").split(" ")))
    _write(canvas, (LEFT, 116), countries, SANS, 36, MARGIN)
    baseline = TITLE_TOP + size
    for line in lines:
        _write(canvas, (LEFT, baseline), line, SERIF, size, INK)
        baseline += size * LEADING
    _write(canvas, (LEFT, 560), site, SERIF, 40, ACCENT)
    _write(canvas, (RIGHT - _width(kind, SANS, 32), 560), kind, SANS, 32, INK)
    file = io.BytesIO()
    picture.quantize(64, method=Image.Quantize.FASTOCTREE).save(file, "PNG", optimize=True)
    return file.getvalue()


@public_page
def share_picture(request, slug):
    """The picture of one public practice, in the language of its address."""
    one = get_object_or_404(Practice.objects.published().for_cards(), slug=slug)
    countries = " · ".join(country.name for country in one.countries.all()[:MOST_COUNTRIES])
    words = (one.title, countries, one.kind.name, settings.SITE_NAME)
    etag = f'"{blake2b(repr(words).encode(), digest_size=12).hexdigest()}"'
    response = get_conditional_response(request, etag=etag) or HttpResponse(draw(*words), content_type="image/png")
    response.headers["Cache-Control"], response.headers["ETag"] = "public, max-age=86400", etag
    return response
