"""The routes of needs: one module a subject, put together in `service.py`."""
