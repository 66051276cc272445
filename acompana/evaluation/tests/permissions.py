"""Who may use the addresses of the figures: everybody of the agency, and nobody else (ROL-16)."""

from tests.permissions import STAFF, Row

ROWS = [
    Row("evaluation:route", get=STAFF),
    Row("evaluation:route_file", get=STAFF),
    Row("evaluation:deadlines", get=STAFF),
    Row("evaluation:deadlines_file", get=STAFF),
    Row("evaluation:list", get=STAFF),
    Row("evaluation:list_file", get=STAFF),
]
