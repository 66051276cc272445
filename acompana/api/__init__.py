"""The registry for machines: HTTP with tokens, a feed of changes, signed webhooks. No rule is written here.

Owns: tokens, what was written once by key, subscriptions and their deliveries.
Knows: kernel, shell, reference, people, companies, matters, logbook, commitments, messages, questionnaires, intake.
"""
