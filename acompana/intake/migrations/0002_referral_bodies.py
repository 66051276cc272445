"""The bodies to which companies are referred by default (INT-11, INT-19): the project's defaults, to be confirmed."""

from django.db import migrations

BODIES = [
    (
        "sercotec",
        "SERCOTEC",
        "Fondos y asesoría para que micro y pequeñas empresas crezcan en Chile",
        "Mesa de ayuda de SERCOTEC",
        "Formulario de contacto en sercotec.cl",
        "https://www.sercotec.cl",
    ),
    (
        "centro-de-negocios",
        "Centro de Negocios SERCOTEC",
        "Asesoría gratuita y permanente para ordenar y hacer crecer un negocio pequeño",
        "Coordinación del centro de tu zona",
        "Directorio de centros en sercotec.cl",
        "https://www.sercotec.cl",
    ),
    (
        "corfo",
        "CORFO",
        "Cofinanciamiento para innovar, producir más y certificarse",
        "Oficina regional de CORFO",
        "Formulario de contacto en corfo.cl",
        "https://www.corfo.cl",
    ),
    (
        "fosis",
        "FOSIS",
        "Apoyo para empezar un negocio a personas y familias que lo necesitan",
        "Oficina regional de FOSIS",
        "Directorio de oficinas en fosis.gob.cl",
        "https://www.fosis.gob.cl",
    ),
    (
        "camara-de-comercio",
        "Cámara de comercio local",
        "Redes y servicios para empresas de la zona",
        "Gerencia de la cámara",
        "Directorio de cámaras en cnc.cl",
        "https://www.cnc.cl",
    ),
]


def add_bodies(apps, schema_editor):
    body = apps.get_model("intake", "ReferralBody")
    for slug, name, what_for, contact_name, contact_address, website in BODIES:
        body.objects.update_or_create(
            slug=slug,
            defaults={
                "name": name,
                "what_for": what_for,
                "contact_name": contact_name,
                "contact_address": contact_address,
                "website": website,
            },
        )


class Migration(migrations.Migration):
    dependencies = [("intake", "0001_initial")]
    operations = [migrations.RunPython(add_bodies, migrations.RunPython.noop)]
