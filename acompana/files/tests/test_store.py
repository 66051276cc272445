"""An upload is kept under a name that nobody chose, and read only by whom a room lets."""

import hashlib
from datetime import UTC, datetime
from types import SimpleNamespace

import pytest
from django.contrib.auth import get_user_model
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from acompana.files import permissions
from acompana.files.forms import UploadField
from acompana.files.models import StoredFile
from acompana.files.operations import store_upload
from acompana.kernel.refusals import Refused

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 9, 16, 15, tzinfo=UTC)
PDF = b"%PDF-1.7\nhola"


@pytest.fixture(autouse=True)
def own_folder(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    return tmp_path


@pytest.fixture
def person():
    return get_user_model().objects.create_user(
        "ana@conservas.example", "una clave larga", joined_at=NOW, given_names="Ana"
    )


def store(person, name="Contrato; final.pdf", content=PDF):
    actor = SimpleNamespace(person=person)
    return store_upload(upload=SimpleUploadedFile(name, content), actor=actor, now=NOW)


def test_an_upload_is_kept_with_its_facts(person, own_folder):
    stored = StoredFile.objects.get(pk=store(person).pk)
    assert (stored.name, stored.media_type, stored.size) == ("Contrato final.pdf", "application/pdf", len(PDF))
    assert stored.sha256 == hashlib.sha256(PDF).hexdigest()
    assert stored.content.read() == PDF
    assert (own_folder / stored.content.name).is_relative_to(own_folder / "2026" / "09")
    assert "Contrato" not in stored.content.name


def test_a_refused_upload_leaves_nothing(person, own_folder):
    with pytest.raises(Refused):
        store(person, content=b"<script>")
    assert not StoredFile.objects.exists()
    assert not list(own_folder.rglob("*.pdf"))


def test_the_limit_is_a_setting(person, settings):
    settings.UPLOAD_LIMIT = 5
    with pytest.raises(Refused, match="el máximo es"):
        store(person)


@pytest.fixture
def readers(monkeypatch):
    monkeypatch.setattr(permissions, "_readers", {})
    return permissions.register_reader


def test_nobody_reads_a_file_that_no_room_gives(client, person, readers):
    client.force_login(person, backend="acompana.people.backends.Backend")
    assert client.get(reverse("files:download", args=[store(person).pk])).status_code == 404


def test_a_room_gives_it_to_whom_it_says(client, person, readers):
    stored = store(person)
    rival = get_user_model().objects.create_user("rival@vina.example", "una clave larga", joined_at=NOW)
    readers("room", lambda actor, file: actor.person == person)
    readers("other-room", lambda actor, file: False)
    address = reverse("files:download", args=[stored.pk])
    client.force_login(rival, backend="acompana.people.backends.Backend")
    assert client.get(address).status_code == 404
    client.force_login(person, backend="acompana.people.backends.Backend")
    response = client.get(address)
    assert b"".join(response.streaming_content) == PDF
    assert response["Content-Type"] == "application/pdf"
    assert response["Content-Disposition"] == 'attachment; filename="Contrato final.pdf"'
    assert response["X-Content-Type-Options"] == "nosniff"
    assert response["Content-Security-Policy"] == "default-src 'none'; sandbox"
    assert client.post(address).status_code == 405


def test_a_file_that_the_disk_lost_is_not_found_and_logged(client, person, readers, caplog):
    stored = store(person)
    readers("room", lambda actor, file: True)
    stored.content.storage.delete(stored.content.name)
    client.force_login(person, backend="acompana.people.backends.Backend")
    assert client.get(reverse("files:download", args=[stored.pk])).status_code == 404
    assert "not on the disk" in caplog.text


def test_whoever_did_not_enter_is_sent_to_the_entrance(client, person):
    response = client.get(reverse("files:download", args=[store(person).pk]))
    assert (response.status_code, response["Location"].split("?")[0]) == (302, "/entrar/")


def test_the_form_field_says_the_same_sentence():
    from django.core.exceptions import ValidationError

    with pytest.raises(ValidationError, match="dice ser PDF"):
        UploadField().clean(SimpleUploadedFile("a.pdf", b"hola"))
    assert UploadField().clean(SimpleUploadedFile("a.pdf", PDF)).name == "a.pdf"
