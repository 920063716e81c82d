"""The screens that the site is tried on: their sizes, their colours, and the contrast between two of these."""

import re

DESKTOP = {"width": 1280, "height": 800}
PHONE = {"width": 360, "height": 740}
# A window of 1280 by 1024 at 400 %, as WCAG 1.4.10 counts it.
ZOOMED = {"width": 320, "height": 256}
# What a sheet of A4 paper leaves between its margins.
SHEET = {"width": 658, "height": 990}

COLOURS = {
    "light": {"color_scheme": "light", "forced_colors": "none"},
    "dark": {"color_scheme": "dark", "forced_colors": "none"},
    "forced": {"color_scheme": "dark", "forced_colors": "active"},
}


def channels(colour):
    """Red, green, blue and opacity, from 0 to 1, of an "rgb(…)" or an "rgba(…)"."""
    red, green, blue, *opacity = map(float, re.findall(r"[0-9.]+", colour))
    return [red / 255, green / 255, blue / 255], (opacity or [1.0])[0]


def contrast(colour, background):
    """The contrast of a colour with the opaque one that it is laid on, from 1 to 21, as WCAG 2.2 defines it."""
    (parts, opacity), (under, _opaque) = channels(colour), channels(background)
    laid = [opacity * one + (1 - opacity) * other for one, other in zip(parts, under, strict=True)]
    dark, light = sorted([luminance(laid), luminance(under)])
    return (light + 0.05) / (dark + 0.05)


def luminance(parts):
    """The relative luminance of red, green and blue."""
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return sum(weight * part for weight, part in zip((0.2126, 0.7152, 0.0722), linear, strict=True))
