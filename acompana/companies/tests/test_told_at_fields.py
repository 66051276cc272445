"""What an operation refuses is told on the page at the value that is at fault."""

from __future__ import annotations

from acompana.companies.tests.test_desk import address, form_of


def test_what_the_operation_refuses_is_told_at_the_field(as_carolina, alto_roble):
    edit = address(alto_roble, "edit_data")
    told = as_carolina.post(edit, form_of(as_carolina.get(edit)) | {"workers": "200001"}).context["form"].errors
    assert list(told) == ["workers"]
    main = alto_roble.contacts.get()
    page = address(alto_roble, "edit_contact", main.pk)
    sent = {name: value for name, value in form_of(as_carolina.get(page)).items() if name != "is_main"}
    told = as_carolina.post(page, sent).context["form"].errors
    assert dict(told) == {"is_main": ["Marca antes a otra persona como principal."]}
    main.refresh_from_db()
    assert main.is_main
