from __future__ import annotations

from django.apps import AppConfig
from django.db import connection
from django.db.backends.signals import connection_created


class KernelConfig(AppConfig):
    name = "acompana.kernel"

    def ready(self) -> None:
        from acompana.kernel import checks  # noqa: F401
        from acompana.kernel.search.backends import register_sqlite_functions

        connection_created.connect(register_sqlite_functions, dispatch_uid="acompana.kernel.search")
        if connection.vendor == "postgresql":
            from acompana.kernel.postgres import read_instants_quickly

            read_instants_quickly()
