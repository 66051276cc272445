"""manage.py recount_companies: the counts by region and status, anew from the companies."""

from __future__ import annotations

from django.core.management.base import BaseCommand

from acompana.companies.tally import recount_companies


class Command(BaseCommand):
    help = "Counts the companies by region and status anew. Safe to run at any time; registering waits for it."

    def handle(self, *args: object, **options: object) -> None:
        recount_companies()
        self.stdout.write("Done.")
