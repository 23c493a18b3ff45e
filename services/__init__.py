"""The independently deployable services. None imports another; they speak through events and HTTP."""
