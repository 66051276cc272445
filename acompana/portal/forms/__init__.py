"""The portal's forms, by what they are for."""

from acompana.portal.forms.asking import (
    CancelForm,
    HelpForm,
    InsistForm,
    RescheduleForm,
    ReviewForm,
    WithdrawForm,
    WriteForm,
)
from acompana.portal.forms.characterization import (
    PRODUCT_LINES,
    ConsentForm,
    ContactForm,
    ExportsForm,
    InterestForm,
    OfferForm,
    OwnershipForm,
    PlaceForm,
    RegisterForm,
)
from acompana.portal.forms.identity import LEFT_TO_OFFICE, IdentityForm
from acompana.portal.forms.size import SizeForm

__all__ = [
    "LEFT_TO_OFFICE",
    "PRODUCT_LINES",
    "CancelForm",
    "ConsentForm",
    "ContactForm",
    "ExportsForm",
    "HelpForm",
    "IdentityForm",
    "InsistForm",
    "InterestForm",
    "OfferForm",
    "OwnershipForm",
    "PlaceForm",
    "RegisterForm",
    "RescheduleForm",
    "ReviewForm",
    "SizeForm",
    "WithdrawForm",
    "WriteForm",
]
