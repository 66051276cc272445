"""The verbs of this room: giving tokens and taking them back, and what is sent to who subscribed."""

from acompana.api.operations.tokens import forget_old_keys, give_token, revoke_token

__all__ = ["forget_old_keys", "give_token", "revoke_token"]
