"""Every operation of version 1, by tag, in the order of the document."""

from acompana.api.contract import build
from acompana.api.endpoints import companies, figures, logbook

API = build(
    {
        "companies": companies.router,
        "logbook": logbook.router,
        "figures": figures.router,
    }
)
