"""Filters and tags for every page."""

from __future__ import annotations

from django import template

from acompana.kernel.rut import format_rut

register = template.Library()
register.filter("rut", format_rut)
