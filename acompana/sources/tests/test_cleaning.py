"""From cells to values, without a database."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from acompana.kernel.search.text import normalise
from acompana.sources.cells import Doubt, clean_date, clean_number, clean_text, known_by_number, read_rut
from acompana.sources.cleaning import Cleaner, Lookup, shifted_column, unread_as_told, unread_columns
from acompana.sources.fields import TARGETS
from acompana.sources.mapping import ACTIVITIES, Column, SourceMapping, places_of, same_head, suggest

LOOKUP = Lookup(
    communes={"llaillay": (7, 5), "llay llay": (7, 5), "arica": (1, 15)},
    region_of=lambda text: {"V REGION": 5, "I REGION DE TARAPACA": 1}.get(text),
    once_one={frozenset((1, 15))},
    offices={5: 50, 15: 150, 1: 10},
    activities_by_code={"011101": 3},
    activities_by_name={"cultivo de trigo": 3},
    sectors={},
    brackets={"5": 55},
)


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("03-09-2019", date(2019, 9, 3)),
        ("2019-09-03", date(2019, 9, 3)),
        ("3/9/2019", date(2019, 9, 3)),
        ("03092019", date(2019, 9, 3)),
        ("03-sep-2019", date(2019, 9, 3)),
        ("2019-09-03 00:00:00", date(2019, 9, 3)),
        ("2019-09-03T00:00:00", date(2019, 9, 3)),
        ("20190903", date(2019, 9, 3)),
        ("20-sept-2019", date(2019, 9, 20)),
        ("3 de septiembre de 2019", date(2019, 9, 3)),
        ("03-Aug-2019", date(2019, 8, 3)),
        ("", None),
        (" - ", None),
    ],
)
def test_dates_in_the_styles_that_files_have(text, day):
    assert clean_date(text) == day


@pytest.mark.parametrize("text", ["31-02-2019", "2019-13-01", "ayer", "03-09-19", "03-09-0019", "45000"])
def test_a_day_that_does_not_exist_is_told(text):
    assert isinstance(clean_date(text), Doubt)


@pytest.mark.parametrize(("text", "help"), [("03-09-19", "cuatro cifras"), ("44000", "una planilla"), ("3 del 9", "")])
def test_what_helps_is_told_beside_a_date_that_is_not_understood(text, help):
    found = clean_date(text)
    assert isinstance(found, Doubt)
    assert (help in found) if help else found.endswith("»")


def test_numbers_with_their_dots():
    whole = {"1.250": 1250, "12": 12, "12,0": 12, "12.0": 12, "1.250,00": 1250, "12.000": 12_000, "": None, "7.00": 7}
    assert {text: clean_number(text) for text in whole} == whole


@pytest.mark.parametrize("text", ["doce", "12.5", "12,5", "1,500", "1.25", "-5", "1.2500", "1250.5"])
def test_what_is_no_whole_number_is_not_made_one(text):
    assert isinstance(clean_number(text), Doubt)


def test_a_bracket_is_known_by_its_number_alone_or_by_its_name():
    clean = known_by_number("el tramo de ventas", {"5": 55, "pequena 1er rango": 55})
    asked = ("5", "5.0", " 05", "Pequeña (1er rango)", "", "Sin información")
    assert [clean(text) for text in asked] == [55, 55, 55, 55, None, None]
    assert all(isinstance(clean(text), Doubt) for text in ("-5", "5,5", "14", "grande"))


@pytest.mark.parametrize(
    ("text", "digit", "rut"),
    [
        ("41203875", "4", "412038754"),
        ("41.203.875-4", None, "412038754"),
        ("41203875-4", "4", "412038754"),
        ("412038754", None, "412038754"),
        ("041203875", "4", "412038754"),
    ],
)
def test_a_rut_in_its_shapes(text, digit, rut):
    assert read_rut(text, digit, without_digit=False) == (41203875, rut)


@pytest.mark.parametrize("dash", "\u2010\u2011\u2012\u2013\u2014\u2015\u2212")
def test_a_rut_is_read_whatever_its_dash(dash):
    assert read_rut(f"41.203.875{dash}4", None, without_digit=False) == (41203875, "412038754")
    assert "de 41203875-5 no corresponde" in read_rut(f"41.203.875{dash}5", None, without_digit=False)
    assert shifted_column([[f"41.203.875{dash}4", "Uvas"]], {"rut": 0}, ["RUT", "Nombre"]) is None


def test_a_wrong_digit_is_told_and_a_missing_one_is_not_guessed():
    assert "no corresponde" in read_rut("41203875", "5", without_digit=False)
    assert "no corresponde" in read_rut("41.203.875-5", None, without_digit=False)
    assert "sin dígito" in read_rut("41203875", None, without_digit=False)
    assert "sin dígito" in read_rut("41203875", " ", without_digit=False)
    assert read_rut("41203875", None, without_digit=True) == (41203875, "412038754")
    assert read_rut("", "4", without_digit=False) == "Falta el RUT."
    assert "no es un RUT" in read_rut("Viña", None, without_digit=False)


def cleaner(*columns: tuple[str, str], subject: str = "companies") -> Cleaner:
    mapping = SourceMapping(tuple(Column(*column) for column in columns), subject)
    head = [column for column, _ in columns]
    return Cleaner(mapping, places_of(mapping, head), len(head), LOOKUP)


def staged(clean: Cleaner, *row: str) -> dict:
    return dict(zip(clean.columns, clean(1, row), strict=True))


def test_the_commune_says_the_region_whatever_the_file_calls_it():
    clean = cleaner(("RUT", "rut"), ("Nombre", "legal_name"), ("Región", "region"), ("Comuna", "commune"))
    row = staged(clean, "41.203.875-4", "Sal de Arica", "I REGION DE TARAPACA", "ARICA")
    assert (row["region_id"], row["commune_id"], row["office_id"], row["notes"]) == (15, 1, 150, None)
    row = staged(clean, "41.203.875-4", "Uvas", "V REGION", "LLAY-LLAY")
    assert (row["region_id"], row["commune_id"]) == (5, 7)
    assert clean.seen.doubted == {}


def test_a_region_that_is_not_the_communes_is_told_and_the_commune_decides():
    clean = cleaner(("RUT", "rut"), ("Nombre", "legal_name"), ("Región", "region"), ("Comuna", "commune"))
    row = staged(clean, "41.203.875-4", "Sal de Arica", "V REGION", "ARICA")
    assert (row["region_id"], row["commune_id"]) == (15, 1)
    assert row["notes"] == "la región «V REGION» no es la de la comuna"
    assert clean.seen.doubted == {}  # it was read, so that no file stops for it
    assert staged(clean, "41.203.875-4", "Sal de Arica", "Atlántida", "ARICA")["notes"] is None


@pytest.mark.parametrize("text", ["TIL TIL", "STA CRUZ", "QUINTA TILCOCO", "OHIGGINS", "Pto. Montt"])
def test_a_commune_is_known_however_it_is_shortened(text):
    names = ("tiltil", "santa cruz", "quinta de tilcoco", "o higgins", "puerto montt")
    lookup = replace(LOOKUP, communes={name: (at, 5) for at, name in enumerate(names, 1)})
    mapping = SourceMapping((Column("RUT", "rut"), Column("Nombre", "legal_name"), Column("Comuna", "commune")))
    clean = Cleaner(mapping, {"rut": 0, "legal_name": 1, "commune": 2}, 3, lookup)
    assert staged(clean, "41.203.875-4", "Uvas", text)["commune_id"] is not None


def test_of_two_communes_that_are_shortened_alike_none_is_guessed():
    lookup = replace(LOOKUP, communes={"la cruz": (1, 5), "cruz": (2, 6)})
    clean = Cleaner(
        SourceMapping((Column("RUT", "rut"), Column("Comuna", "commune"))), {"rut": 0, "commune": 1}, 2, lookup
    )
    assert staged(clean, "41.203.875-4", "DE LA CRUZ")["commune_id"] is None
    assert staged(clean, "41.203.875-4", "LA CRUZ")["commune_id"] == 1


def test_days_that_cannot_be_are_told_and_not_taken():
    columns = (Column("RUT", "rut"), Column("Inicio", "started_on"), Column("Término", "closed_on"))
    places = {"rut": 0, "started_on": 1, "closed_on": 2}
    clean = Cleaner(SourceMapping(columns), places, 3, replace(LOOKUP, today=date(2026, 9, 16)))
    row = staged(clean, "41.203.875-4", "17-09-2026", "")
    assert (row["started_on"], row["notes"]) == (None, "la fecha «17-09-2026» todavía no llega")
    row = staged(clean, "41.203.875-4", "16-09-2026", "01-02-2020")
    assert (row["started_on"], row["closed_on"]) == ("2026-09-16", None)
    assert "anterior al inicio" in row["notes"]


def test_what_has_no_letter_is_no_name():
    clean = cleaner(("RUT", "rut"), ("Nombre", "legal_name"))
    row = staged(clean, "41.203.875-4", "01-01-2001")
    assert (row["legal_name"], row["notes"]) == (None, "«01-01-2001» no es un nombre")
    assert staged(clean, "41.203.875-4", "3M 2000")["legal_name"] == "3M 2000"


def test_a_name_that_is_cut_is_told():
    clean = cleaner(("RUT", "rut"), ("Nombre", "legal_name"))
    row = staged(clean, "41.203.875-4", "U" * 201)
    assert (len(row["legal_name"]), row["notes"]) == (200, "el nombre es muy largo: se toman sus primeras 200 letras")
    assert staged(clean, "41.203.875-4", "U" * 200)["notes"] is None


def test_the_mark_that_kept_a_cell_of_ours_from_being_run_is_no_part_of_it():
    assert [clean_text(text) for text in ("'=2+2 Ltda", "'+56 9", "'s Gravenhage", "'")] == [
        "=2+2 Ltda",
        "+56 9",
        "'s Gravenhage",
        "'",
    ]


def test_of_an_unknown_commune_the_region_is_kept_and_told():
    clean = cleaner(("RUT", "rut"), ("Nombre", "legal_name"), ("Región", "region"), ("Comuna", "commune"))
    row = staged(clean, "41.203.875-4", "Uvas", "V REGION", "Villa Perdida")
    assert (row["region_id"], row["commune_id"]) == (5, None)
    assert row["notes"] == "comuna desconocida: «Villa Perdida»"


def test_a_cell_that_cannot_be_read_leaves_the_row_in():
    clean = cleaner(("RUT", "rut"), ("Nombre", "legal_name"), ("Inicio", "started_on"), ("Código", "activity_code"))
    row = staged(clean, "41.203.875-4", "Uvas", "31-02-2019", "999999")
    assert row["fault"] is None
    assert row["notes"] == "la fecha «31-02-2019» no existe; código de actividad desconocido: «999999»"
    assert (row["legal_name"], row["match_name"], row["words"]) == ("Uvas", "uvas", " uvas")


def test_a_row_of_activities_without_its_activity_is_at_fault():
    clean = cleaner(("RUT", "rut"), ("Código", "activity_code"), subject=ACTIVITIES)
    assert staged(clean, "41.203.875-4", "11101")["activity_id"] == 3
    assert staged(clean, "41.203.875-4", "999999")["fault"] == "Código de actividad desconocido: «999999»."
    assert staged(clean, "41.203.875-4", "")["fault"] == "Falta la actividad."


def test_a_row_of_another_width_is_at_fault():
    clean = cleaner(("RUT", "rut"), ("Nombre", "legal_name"))
    assert "trae 1 columna y el encabezado 2" in staged(clean, "41.203.875-4")["fault"]
    assert staged(clean, "", "", "")["fault"] == "La fila está vacía."


def test_a_formula_is_text():
    clean = cleaner(("RUT", "rut"), ("Nombre", "legal_name"))
    assert staged(clean, "41.203.875-4", "=A1+1")["legal_name"] == "=A1+1"


def test_shifted_columns_are_seen():
    head = ["RUT", "DV", "RAZON_SOCIAL"]
    rows = [["12", "41203875", "4"], ["12", "41880114", "7"]]
    assert shifted_column(rows, {"rut": 0}, head) == "DV"
    assert shifted_column([["41203875", "4", "Uvas"]], {"rut": 0}, head) is None


def test_heads_are_known_also_where_the_file_cuts_them():
    assert same_head("Número de trabajadores dependie", "NUMERO DE TRABAJADORES DEPENDIENTES INFORMADOS")
    assert not same_head("RUT", "RUT representante")


def test_a_mapping_is_suggested_by_heads_each_field_once():
    found = {c.column: c.field for c in suggest(["Rut Empresa", "RAZÓN SOCIAL", "Comuna", "Correo", "Otra", "RUT"])}
    assert found == {
        "Rut Empresa": "rut",
        "RAZÓN SOCIAL": "legal_name",
        "Comuna": "commune",
        "Correo": "contact_email",
        "Otra": "",
        "RUT": "",
    }


@pytest.mark.parametrize(
    ("heads", "fields"),
    [
        (["RUT", "Nombre", "Comuna"], ["rut", "legal_name", "commune"]),
        (["RUT", "Nombre", "Correo"], ["rut", "legal_name", "contact_email"]),
        (["RUT", "Nombre empresa", "Nombre"], ["rut", "legal_name", "trade_name"]),
        (["RUT", "Nombre", "Razón social", "Teléfono"], ["rut", "trade_name", "legal_name", "contact_phone"]),
        (["RUT", "Razón social", "Nombre", "E-mail"], ["rut", "legal_name", "contact_name", "contact_email"]),
        (["RUT", "Razón social", "Nombres", "Apellidos"], ["rut", "legal_name", "contact_name", ""]),
        (["RUT", "Razón social", "Nombre", "Contacto"], ["rut", "legal_name", "trade_name", "contact_name"]),
        (["RUT", "Empresa", "Nombre", "Marca"], ["rut", "legal_name", "", "trade_name"]),
        (["Nombre", "Nombre de fantasía", "RUT"], ["legal_name", "trade_name", "rut"]),
        (["RUT", "Nombre", "Nombre completo"], ["rut", "", ""]),
    ],
)
def test_a_name_that_does_not_say_whose_goes_where_it_makes_sense(heads, fields):
    assert [column.field for column in suggest(heads)] == fields


@pytest.mark.parametrize(
    ("head", "field"),
    [
        ("RAZON_SOCIAL", "legal_name"),
        ("razonSocial", "legal_name"),
        ("Nombre Fantasía", "trade_name"),
        ("CIUDAD", "commune"),
        ("Comuna / Ciudad", "commune"),
        ("Dirección", "address"),
        ("Página_Web", "website"),
        ("Contacto", "contact_name"),
        ("Persona de contacto", "contact_name"),
        ("Correo", "contact_email"),
        ("E-mail", "contact_email"),
        ("EMAIL", "contact_email"),
        ("Correo electrónico", "contact_email"),
        ("Fono", "contact_phone"),
        ("Celular", "contact_phone"),
        ("Teléfono de contacto", "contact_phone"),
        ("Nº de trabajadores", "workers"),
    ],
)
def test_usual_heads_are_known_however_they_are_written(head, field):
    assert [column.field for column in suggest(["RUT", head])] == ["rut", field]


def test_of_two_heads_that_may_say_a_field_the_better_one_does():
    heads = ["Ciudad", "Comuna", "Celular", "Teléfono", "Correo"]
    assert [column.field for column in suggest(heads)] == ["", "commune", "", "contact_phone", "contact_email"]


def test_targets_have_names_that_no_other_has():
    names = [name.replace(" ", "") for target in TARGETS for name in target.names]
    assert len(names) == len(set(names))
    assert all(normalise(name) == name for target in TARGETS for name in target.names)


def test_a_column_that_was_not_read_is_told_as_it_is_to_be_confirmed():
    sentence = unread_columns({1: 1200, 3: 900}, 1200, ["RUT", "Comuna", "Año", "Venta, neta"])
    assert unread_as_told(["Otra cosa.", sentence.strip()]) == [
        "«Comuna» no se leerá en 1.200 de 1.200 filas",
        "«Venta, neta» no se leerá en 900 de 1.200 filas",
    ]
    assert unread_as_told(["El archivo termina a la mitad de la línea 4."]) == []
