"""The verbs of this room: giving tokens and taking them back, and what is sent to who subscribed."""

from acompana.api.operations.tokens import forget_old_keys, give_token, revoke_token
from acompana.api.operations.webhooks import (
    end_subscription,
    forget_old_changes,
    make_batches,
    send_again,
    subscribe,
)

__all__ = [
    "end_subscription",
    "forget_old_changes",
    "forget_old_keys",
    "give_token",
    "make_batches",
    "revoke_token",
    "send_again",
    "subscribe",
]
