"""An identity provider of ClaveÚnica's shape, for the demonstration and the tests; elsewhere its addresses are 404.

Same calls as the real one (IDN-1): form-encoded token call, userinfo by POST, RolUnico, a way out that sends nobody
back. It identifies nobody: whoever opens it chooses who to be, so it says on every page that it is a test.
"""
