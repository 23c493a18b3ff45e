"""HTTP: routes are thin entrypoints of a Nameko service; everything that all of them share is here."""

from shared.http.files import Download, Upload, accepts, file_of
from shared.http.pages import Cursor, Page, PageQuery, page_of
from shared.http.routes import delete, get, patch, post, put, raw, routes_of

__all__ = [
    "Cursor",
    "Download",
    "Page",
    "PageQuery",
    "Upload",
    "accepts",
    "delete",
    "file_of",
    "get",
    "page_of",
    "patch",
    "post",
    "put",
    "raw",
    "routes_of",
]
