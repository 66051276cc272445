"""The verbs that write people, staff and offices, by capability."""

from acompana.people.operations.ground import load_demonstration_offices, load_offices_and_roles

__all__ = ["load_demonstration_offices", "load_offices_and_roles"]
