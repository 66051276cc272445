"""The search engine: one interface over two back ends. Rooms register what may be found.

`engine` finds and keeps the index, `backends` holds what differs between databases, `text` the normal form.
"""
