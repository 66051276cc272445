"""Text has 4.5:1, borders of controls and shapes 3:1, in both themes."""

from __future__ import annotations

import re

import pytest

from acompana.shell.stylesheet import SHELL

COLOUR = re.compile(r"--([a-z-]+): #([0-9a-f]{6})")
TEXT = [
    *[(text, ground) for text in ("ink", "grey", "faint", "blue") for ground in ("paper", "ground", "hover")],
    *[(text, "paper") for text in ("red", "green", "amber", "blue-deep", "red-deep")],
    *[("ink", f"{tone}-soft") for tone in ("blue", "red", "green", "amber")],
    *[(tone, f"{tone}-soft") for tone in ("blue", "red", "green", "amber")],
    ("blue-deep", "blue-soft"),
    ("on-blue", "blue"),
    ("on-blue", "blue-deep"),
    ("on-red", "red"),
    ("grey", "blue-soft"),
]
SHAPES = [("line-strong", "paper"), ("line-strong", "ground"), ("blue", "paper"), ("blue", "ground")]


def luminance(colour: str) -> float:
    parts = [int(colour[i : i + 2], 16) / 255 for i in (0, 2, 4)]
    red, green, blue = [p / 12.92 if p <= 0.03928 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    high, low = sorted((luminance(one), luminance(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("theme", ["tokens", "dark"])
def test_contrast(theme):
    colours = dict(COLOUR.findall((SHELL / f"{theme}.css").read_text()))
    weak = [
        f"{a} on {b}: {contrast(colours[a], colours[b]):.2f}"
        for pairs, least in ((TEXT, 4.5), (SHAPES, 3.0))
        for a, b in pairs
        if contrast(colours[a], colours[b]) < least
    ]
    assert not weak
