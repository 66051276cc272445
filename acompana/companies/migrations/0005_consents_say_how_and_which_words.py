from django.db import migrations, models

from acompana.kernel.append_only import protect, unprotect


def guard(apps, editor):
    """SQLite rebuilds the table to add a column, and its triggers go with the old one."""
    unprotect(editor, "companies_consent")
    protect(editor, "companies_consent")


CHANNELS = [
    ("portal", "Portal"),
    ("phone", "Teléfono"),
    ("email", "Correo electrónico"),
    ("whatsapp", "WhatsApp"),
    ("counter", "Oficina, en persona"),
    ("video", "Videollamada"),
    ("visit", "Visita"),
    ("event", "Evento"),
    ("social", "Redes sociales"),
    ("form", "Formulario"),
    ("chat", "Chat"),
    ("system", "Sistema"),
]


class Migration(migrations.Migration):
    dependencies = [("companies", "0004_mandates_and_facts_are_append_only")]
    operations = [
        migrations.AddField(
            model_name="consent",
            name="channel",
            field=models.CharField(
                choices=CHANNELS, default="portal", help_text="through which it was said", max_length=10
            ),
        ),
        migrations.AddField(
            model_name="consent",
            name="text_version",
            field=models.CharField(
                blank=True,
                help_text="which words were asked (`CONSENT_TEXTS`); empty: before versions",
                max_length=12,
            ),
        ),
        migrations.RunPython(guard, guard, elidable=False),
    ]
