"""The subjects of needs and the events that tell of them: one module a subject."""

from services.needs.subjects import collection, deliveries, library

ALL = (*collection.ALL, *library.ALL, *deliveries.ALL)
