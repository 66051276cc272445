"""What was said: the outbox, its worker, templates, opt-outs.

Owns: messages, opt-outs, amended texts, the demonstration sink.
Knows: matters, logbook, commitments and the floors below.
"""
