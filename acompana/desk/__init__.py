"""What staff see: Mi día, queues, the company record, the command box.

Owns: nothing: it composes.
Knows: the processes and all below.
"""
