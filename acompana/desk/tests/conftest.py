"""The registry's cast, for what the desk does with companies."""

from acompana.companies.tests.conftest import alto_roble, ana, carolina, full_values, marta, pedro, valparaiso

__all__ = ["alto_roble", "ana", "carolina", "full_values", "marta", "pedro", "valparaiso"]
