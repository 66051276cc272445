"""What people keep of the registry's list: views with a name, what they did to many at once, what they took away."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q

PERSON = settings.AUTH_USER_MODEL


class SavedView(models.Model):
    """A question put to the list, with its columns and its order; one's own, or shared (EXP-4)."""

    class Share(models.TextChoices):
        OWN = "own", "Solo yo"
        OFFICE = "office", "Mi oficina"
        ALL = "all", "Toda la agencia"

    name = models.CharField("nombre", max_length=60)
    owner = models.ForeignKey(PERSON, on_delete=models.CASCADE, related_name="saved_views")
    share = models.CharField("quién la ve", max_length=6, choices=Share, default=Share.OWN)
    office = models.ForeignKey("people.Office", on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    query = models.TextField(blank=True, help_text="filters, order and columns, as the address of the list says them")
    changed_at = models.DateTimeField()

    class Meta:
        verbose_name = "vista guardada"
        ordering = ["name", "id"]
        indexes = [models.Index(fields=["share", "office"], name="saved_view_shared")]
        constraints = [
            models.UniqueConstraint(fields=["owner", "name"], name="a_person_has_one_view_of_a_name"),
            models.CheckConstraint(
                condition=~Q(share="office") | Q(office__isnull=False), name="a_view_of_an_office_says_which"
            ),
        ]

    def __str__(self) -> str:
        return self.name


class DefaultView(models.Model):
    """The view with which a person's list opens."""

    person = models.OneToOneField(PERSON, on_delete=models.CASCADE, primary_key=True, related_name="default_view")
    view = models.ForeignKey(SavedView, on_delete=models.CASCADE, related_name="+")

    def __str__(self) -> str:
        return str(self.view)


class BulkAction(models.Model):
    """One thing done to many companies; what was chosen stays as it was when it was previewed.

    Until it is undone, `kept` holds rows of id and the value that the preview showed.
    """

    class State(models.TextChoices):
        PREVIEW = "preview", "Por confirmar"
        WAITING = "waiting", "En espera"
        DONE = "done", "Hecha"
        UNDOING = "undoing", "Deshaciéndose"
        UNDONE = "undone", "Deshecha"

    verb = models.SlugField()
    value = models.CharField(max_length=200, blank=True, help_text="what it sets: an id, a slug or a text")
    title = models.CharField(max_length=200)
    company_ids = models.JSONField(help_text="ids in ascending order, as many as a preview may hold")
    left_out = models.JSONField(default=list, help_text="rows of id, name and why it was not changed")
    kept = models.JSONField(default=list, help_text="the same rows, of what stayed as it was when it was undone")
    position = models.PositiveIntegerField(default=0, help_text="how many of the ids are dealt with")
    count = models.PositiveIntegerField(default=0, help_text="how many changed")
    state = models.CharField(max_length=8, choices=State, default=State.PREVIEW)
    change_set = models.ForeignKey(
        "kernel.ChangeSet", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    made_by = models.ForeignKey(PERSON, on_delete=models.PROTECT, related_name="+")
    made_at = models.DateTimeField()

    class Meta:
        verbose_name = "acción en conjunto"
        indexes = [models.Index(fields=["made_by", "-id"], name="bulk_action_newest")]

    def __str__(self) -> str:
        return self.title


class ListExport(models.Model):
    """Who took which rows of the registry away, as a file (EXP-3)."""

    person = models.ForeignKey(PERSON, on_delete=models.PROTECT, related_name="+")
    exported_at = models.DateTimeField()
    query = models.TextField(blank=True, help_text="the address of the list")
    form = models.CharField(max_length=4)
    rows = models.PositiveIntegerField(null=True, blank=True, help_text="empty: the sending was cut")

    class Meta:
        verbose_name = "exportación"
        indexes = [models.Index(fields=["-exported_at"], name="list_export_newest")]

    def __str__(self) -> str:
        return f"{self.person} {self.exported_at:%d-%m-%Y}"
