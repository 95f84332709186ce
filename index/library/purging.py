"""Deleting what was taken out or replaced long ago."""

from index.library.segment_files import SegmentFiles
from index.sqlite_file import SqliteFile

_OLD = "removed_at != '' AND removed_at < :limit"
_STEPS = (
    ("collection", _OLD, "DELETE FROM collection"),
    # The entries of a folder go with it.
    (
        "entry",
        "EXISTS (SELECT 1 FROM folder WHERE folder.collection_id = entry.collection_id"
        f" AND folder.path = entry.folder AND {_OLD.replace('removed', 'folder.removed')})",
        "DELETE FROM entry",
    ),
    ("folder", _OLD, "DELETE FROM folder"),
    ("entry", f"folder = '' AND {_OLD}", "DELETE FROM entry"),
    # Of a removed file in a folder still watched it must stay known that it was removed.
    (
        "entry",
        f"text_key IS NOT NULL AND {_OLD}",
        "UPDATE entry SET text_key = NULL, segment_key = '', state = 'failed', digest = '',"
        " size = -1, reason = 'it was taken out; it is read again when its folder is looked at'",
    ),
    (
        "text",
        "released_at < :limit AND NOT EXISTS (SELECT 1 FROM entry WHERE text_key = key)",
        "DELETE FROM text",
    ),
)


def purge(file: SqliteFile, segments: SegmentFiles, *, limit: str) -> None:
    """Delete what was taken out or replaced before a time, and the parts of indices without use.

    Args:
        file: The library's file; written to only if there is something to delete.
        segments: The parts of its indices.
        limit: The time, ISO 8601 in UTC.

    Raises:
        LibraryError: The file cannot be read or written.
    """
    with file.connected() as db:
        is_due = any(
            db.execute(f"SELECT 1 FROM {table} WHERE {old} LIMIT 1", {"limit": limit}).fetchone()
            for table, old, _ in _STEPS
        )
        used = {key for (key,) in db.execute("SELECT segment_key FROM entry")}
    if is_due:
        with file.writing() as db:
            for _, old, statement in _STEPS:
                db.execute(f"{statement} WHERE {old}", {"limit": limit})
    segments.sweep(used)  # what is of no use only now goes with the next opening
