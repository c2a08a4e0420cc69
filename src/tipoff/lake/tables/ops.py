"""The lake's own books, and what was read from outside before anything was made of it."""

from tipoff.lake.tables.declare import MOMENT, RECORDED, TEXT, Column, Table

TABLES = (
    Table(
        "ops.guard",
        "one number: commits so far. The fence, and the source of `recorded_seq`",
        (
            Column(
                "n",
                "BIGINT",
                "fence: every commit but a compaction adds one, so two commits can never both"
                " succeed unseen; also the source of recorded_seq",
            ),
        ),
    ),
    Table(
        "ops.meta",
        "a property of the lake; the newest row of a key counts",
        (
            Column("key", TEXT, "schema_version or simulated"),
            Column("value", TEXT, "its value as text: a whole number, or true or false"),
            Column(
                "recorded_seq", "BIGINT", "number of the commit that stored it; 0 of a new lake"
            ),
        ),
    ),
    Table(
        "ops.event",
        "something that happened and is worth a line: an import, a promotion, an alert",
        (
            Column("event_id", TEXT, "hash of its content"),
            Column("happened_at", MOMENT, "wall clock just before the commit"),
            Column(
                "kind",
                TEXT,
                "import, verified (a rebuilt set was the same), promotion, forced_promotion,"
                " alert, alert_over, migrate",
            ),
            Column("slate", "DATE", "league date concerned, null when none"),
            Column("detail", TEXT, "JSON object; its fields depend on the kind"),
            RECORDED,
        ),
    ),
    Table(
        "ops.build",
        "a build of tipoff that wrote to this lake: its code and the libraries it ran on",
        (
            Column("build_id", TEXT, "hash of all but recorded_seq"),
            Column("version", TEXT, "tipoff's version"),
            Column("python", TEXT, "Python's version"),
            Column("libraries", TEXT, "JSON: library -> version"),
            Column("modules", TEXT, "JSON: module -> hash of its code"),
            RECORDED,
        ),
    ),
    Table(
        "raw.payload",
        "a file as it was read: verbatim bytes, hash, when",
        (
            Column("sha256", TEXT, "SHA-256 of the bytes, hex"),
            Column("name", TEXT, "file name"),
            Column("fetched_at", MOMENT, "when it was read"),
            Column("size", "BIGINT", "number of bytes"),
            Column("body", "BLOB", "the bytes as they were read"),
            RECORDED,
        ),
    ),
    Table(
        "raw.set_aside",
        "a row that was not stored, and why",
        (
            Column("fact_id", TEXT, "hash of file name, reason and row"),
            Column("name", TEXT, "name of the file the row came from"),
            Column("reason", TEXT, "why it was not stored, naming the column and value"),
            Column("body", TEXT, "the row as JSON"),
            RECORDED,
        ),
    ),
)
