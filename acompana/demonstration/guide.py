"""Who can enter in the demonstration, and what to try as them."""

from __future__ import annotations

from acompana.demonstration.cast import CITIZEN_PARTS, PASSWORD, STAFF_PARTS, email_of
from acompana.people.models import Person

TRY = {
    "executive": "Mi día: contactar, entrevistar, validar y preadmitir empresas de Valparaíso",
    "other_executive": "Lo mismo en Biobío: las empresas de Valparaíso no las puede atender",
    "far_executive": "Magallanes: también se entrevista a las de potencial bajo",
    "director": "Cuentas potenciales derivadas, empresas por asignar, accesos por decidir",
    "client_management": "Solicitudes de ayuda por responder",
    "control": "Indicadores: la ruta por región y los plazos",
    "directorate": "Indicadores de las de potencial alto y medio",
    "strategy": "Indicadores de las de potencial bajo",
    "administrator": "Oficinas, feriados, personas, protocolo, instrumentos",
    "owner": "Conservas Alto Roble: su ruta, terminada",
    "rival": "Viña Cerro Pardo: su ruta, con la entrevista por delante",
    "limited": "Pidió actuar por una empresa conocida: ve solo lo que escribió",
    "newcomer": "Registrar una empresa (RUT 41.900.001-9) y hacer toda la ruta",
    "citizen": "Pedir ayuda sin empresa",
}


def who_can_enter(address: str) -> str:
    """A table for a terminal: the address, then people by role with what to try, and where the mails are."""
    people = Person.objects.filter(email__in=_emails()).select_related("staff_member__office").order_by("id")
    by_name = {(person.given_names, person.family_names): person for person in people}
    lines = ["", f"  Abre  {address}/entrar/  y elige con quién entrar.", "", "  De la agencia"]
    for part in STAFF_PARTS:
        if (part.given, part.family) in by_name:
            name = f"{part.given} {part.family.split()[0]}"
            lines.append(f"    {name:<18} {part.title:<30} {part.office:<11} {TRY.get(part.key, '')}")
    lines += ["", "  De fuera (con la ClaveÚnica de prueba)"]
    for key, _, given, family, _, who in CITIZEN_PARTS:
        if (given, family) in by_name:
            lines.append(f"    {f'{given} {family.split()[0]}':<18} {who:<42} {TRY.get(key, '')}")
    lines += [
        "",
        f"  Contraseña de todo el personal (correo nombre.apellido@acompana.example): {PASSWORD}",
        f"  Los correos que habrían salido: {address}/demostracion/correo/",
        "",
    ]
    return "\n".join(lines)


def _emails() -> list[str]:
    return [email_of(part) for part in STAFF_PARTS] + [email for *_, email, _ in CITIZEN_PARTS]
