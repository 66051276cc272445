"""What was said: the outbox, its worker and the jobs that it runs, templates, opt-outs.

Owns: messages, opt-outs, amended texts, workers, the runs of recurring jobs, the demonstration sink.
Knows: matters, logbook, commitments and the floors below.

Besides what every room has: `composing` fills templates, `delivery` sends one message, `background` and `schedule`
run jobs, `worker` is the process around them, `preferences` is the reader's link, `sink` the demonstration's mailbox.
"""
