"""The registry: companies, their contacts and mandates, and the dated facts that status is computed from."""

from acompana.companies.models.contacts import Consent, Contact, Mandate
from acompana.companies.models.facts import Assignment, CountingAction, Validation
from acompana.companies.models.identity import CompanyPair, PairSearch, WaitingMatch
from acompana.companies.models.lists import BulkAction, DefaultView, ListExport, SavedView
from acompana.companies.models.registry import Company, CompanyActivity, DeclaredExport, MarketInterest, Product
from acompana.companies.models.tally import CompanyTally

__all__ = [
    "Assignment",
    "BulkAction",
    "Company",
    "CompanyActivity",
    "CompanyPair",
    "CompanyTally",
    "Consent",
    "Contact",
    "CountingAction",
    "DeclaredExport",
    "DefaultView",
    "ListExport",
    "Mandate",
    "MarketInterest",
    "PairSearch",
    "Product",
    "SavedView",
    "Validation",
    "WaitingMatch",
]
