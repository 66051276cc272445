"""What companies and the public see: home, route, forms, offices.

Owns: nothing: it composes.
Knows: the processes and all below.
"""
