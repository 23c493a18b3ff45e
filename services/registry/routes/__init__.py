"""The registry's routes: one module a subject, put together in `service.py`."""
