from typing import Any

from django.apps import AppConfig

from acompana.shell.navigation import MenuEntry, register

# Management control, and those who supervise the whole and the protocol (ROL-11, ROL-17, INT-7).
FIGURES = ("management-control", "national-directorate", "strategic-development")


def works_with_figures(actor: Any) -> bool:
    return bool(actor.has_role(*FIGURES))


class EvaluationConfig(AppConfig):
    name = "acompana.evaluation"

    def ready(self) -> None:
        """The figures, for everybody of the agency (ROL-16); on their first page too for those whose work they are."""
        register(MenuEntry("Indicadores", "evaluation:route", order=70, visible=lambda actor: actor.is_staff))
        from acompana.evaluation.views.deadlines import most_overdue, overdue_now
        from acompana.evaluation.views.route import on_the_way_now

        for order, label, url_name, badge, details in (
            (10, "La ruta: cuántas llegan, pasan y se pierden", "evaluation:route", on_the_way_now, None),
            (20, "Los plazos: qué se cumple y qué no", "evaluation:deadlines", overdue_now, most_overdue),
        ):
            register(
                MenuEntry(
                    label,
                    url_name,
                    place="day",
                    order=order,
                    group="Tus indicadores",
                    visible=works_with_figures,
                    badge=badge,
                    details=details,
                )
            )
