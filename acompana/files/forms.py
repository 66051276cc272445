"""The form field of an upload: the same checks as `store_upload`, with the sentence beside the field."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from acompana.files.operations import log_refused, upload_limit
from acompana.files.rules import ACCEPT, check_content, check_size, clean_name, megabytes
from acompana.kernel.refusals import Refused


class UploadField(forms.FileField):
    """Takes one file of the kinds that we keep. Its cleaned value goes to `store_upload`."""

    default_error_messages = {
        "required": "Elige el archivo que quieres subir.",
        "empty": "El archivo está vacío. Revisa que sea el correcto y súbelo de nuevo.",
    }

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault(
            "help_text", f"PDF, imagen, Excel, Word, CSV o texto. Máximo {megabytes(upload_limit())} MB."
        )
        super().__init__(**kwargs)

    def widget_attrs(self, widget: forms.Widget) -> dict[str, Any]:
        return {**super().widget_attrs(widget), "accept": ACCEPT}

    def clean(self, data: Any, initial: Any = None) -> Any:
        upload = super().clean(data, initial)
        if upload and upload is not initial:
            name = clean_name(upload.name)
            try:
                check_size(name, upload.size, upload_limit())
                check_content(name, upload.file)
            except Refused as refusal:
                log_refused(refusal, upload)
                raise ValidationError(refusal.reason, code=refusal.rule) from refusal
        return upload
