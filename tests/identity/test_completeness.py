"""A merge forgets nothing: every table that points to a company or to a contact says what becomes of it (EXP-1)."""

from __future__ import annotations

from django.apps import apps
from django.db.models import ForeignKey, ManyToManyField, UniqueConstraint

from acompana.companies.merge_relations import Manner, relations
from acompana.companies.models import Company, Contact

# Columns that hold a company's id without a foreign key, and why a merge needs not move them.
LOOSE = {
    ("kernel.feedrow", "company_id"),  # what changed, of the company that it was then; the merge is a change too
    ("kernel.searchrow", "company_id"),  # made anew by index_companies, index_contacts and `in_step`
}


def pointing() -> set[tuple[str, str]]:
    """Every column of every table that points to a company or a contact, hidden relations and links included."""
    found = set()
    for model in apps.get_models(include_auto_created=True):
        for field in model._meta.get_fields(include_hidden=True):
            to_one = isinstance(field, ForeignKey | ManyToManyField) and not field.auto_created
            if to_one and field.related_model in (Company, Contact):
                found.add((model._meta.label_lower, field.name))
    return found


def test_every_relation_is_declared_by_its_room():
    declared = {relation.key for relation in relations()}
    missing = sorted(pointing() - declared)
    assert not missing, f"say in the room's apps.py what a merge does with: {missing}"


def test_what_is_declared_exists():
    assert {relation.key for relation in relations()} <= pointing()


def test_nothing_holds_a_company_without_a_foreign_key_unless_it_is_said():
    loose = {
        (model._meta.label_lower, field.name)
        for model in apps.get_models()
        for field in model._meta.concrete_fields
        if field.name in ("company_id", "contact_id")
    }
    assert loose == LOOSE


def test_a_unique_constraint_with_the_company_has_its_clash_declared():
    """What a company may have once cannot be moved blindly to one that has it."""
    for relation in relations(Manner.MOVES):
        column = relation.table._meta.get_field(relation.field)
        unique = [c for c in relation.table._meta.constraints if isinstance(c, UniqueConstraint) and c.fields]
        for constraint in unique:
            if relation.field not in constraint.fields or column.related_model is not Company:
                continue
            others = {
                relation.table._meta.get_field(name).attname for name in constraint.fields if name != relation.field
            }
            assert others <= set(relation.clash), f"{relation.key}: {constraint.name} is not among its clashes"
