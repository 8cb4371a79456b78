"""Which kinds of content hold nothing that we read: they are told by their header, and not one byte is taken."""

from __future__ import annotations

_FAMILIES = ("audio/", "font/", "image/", "model/", "video/")
_KINDS = frozenset(
    """
    application/epub+zip application/java-archive application/msword application/pdf application/vnd.rar
    application/wasm application/x-7z-compressed application/x-bittorrent application/x-bzip2
    application/x-msdownload application/x-rar-compressed application/x-shockwave-flash application/x-tar
    application/zip
    multipart/x-mixed-replace text/event-stream
    """.split()  # the last two never end
)
_MAKERS = ("application/vnd.apple.", "application/vnd.ms-", "application/vnd.oasis.", "application/vnd.openxmlformats-")


def is_no_text(content_type: str) -> bool:
    """Tell whether the Content-Type promises something that is neither a feed nor a page.

    When in doubt it is text: feeds come as octet streams, sitemaps as gzip files, and many servers say nothing.
    """
    kind = content_type.partition(";")[0].strip().lower()
    return kind in _KINDS or kind.startswith((*_FAMILIES, *_MAKERS))
