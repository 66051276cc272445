from django.apps import AppConfig

from acompana.shell.navigation import MenuEntry, register


class DeskConfig(AppConfig):
    name = "acompana.desk"

    def ready(self) -> None:
        """The first places of the rail, and the tabs of a company's record."""
        from acompana.companies.record_tabs import RecordTab, register_tab
        from acompana.desk.leaving import bring_back, carried, held, pass_on
        from acompana.desk.recounting import foresee_terms, moved_terms, recount_for
        from acompana.desk.rules import only_reads
        from acompana.people.listeners import (
            Departures,
            Recounting,
            listen_to_days,
            listen_to_departures,
            tell_what_is_held,
        )

        listen_to_departures("desk", Departures(carried, pass_on, bring_back))
        tell_what_is_held("desk", held)
        listen_to_days("desk", Recounting(foresee_terms, recount_for, moved_terms))
        register(MenuEntry("Mi día", "desk:my_day", order=10, visible=lambda actor: actor.is_staff))
        register(
            MenuEntry(
                "Escritorio",
                "desk:my_day",
                place="account",
                order=10,
                visible=lambda actor: actor.is_staff,
            )
        )
        register(MenuEntry("Ingresos", "intake:intakes", order=20, visible=lambda actor: actor.is_staff))
        register(MenuEntry("Equipo", "desk:team", order=25, visible=lambda actor: actor.has_role("regional-director")))
        register(MenuEntry("Calidad de los datos", "desk:quality", order=33, visible=lambda actor: actor.is_staff))
        register(
            MenuEntry(
                "Las fichas: qué les falta y qué se repite",
                "desk:quality",
                place="day",
                order=30,
                group="Tus indicadores",
                visible=lambda actor: actor.has_role("management-control"),
            )
        )
        for order, label, url_name in (
            (10, "Las empresas del registro", "companies:list"),
            (20, "Los ingresos: en qué etapa va cada empresa", "intake:intakes"),
        ):
            register(
                MenuEntry(label, url_name, place="day", order=order, group="Lo que puedes leer", visible=only_reads)
            )
        for order, slug, label, url_name in (
            (10, "summary", "Resumen", "desk:record"),
            (20, "log", "Bitácora", "desk:log"),
            (30, "commitments", "Compromisos", "desk:commitments"),
            (40, "results", "Resultados", "desk:results"),
            (50, "mails", "Mensajes", "desk:mails"),
            (85, "consents", "Permisos", "desk:consents"),
        ):
            register_tab(RecordTab(slug, label, url_name, order))
