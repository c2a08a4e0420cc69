"""Texts that have broken programs: as names, codes, books, reasons, ids."""

from hypothesis import strategies as st

PRINTED_AS_THEY_ARE = (
    "'; DROP TABLE league.game; --", "Robert'); SELECT 1", '"x" OR 1=1', "../../etc/passwd",
    "C:\\windows\\system32", "<script>alert(1)</script>", "[red]Al[/red] Able", "[/bold] Oops",
    "[link=http://x]Bo[/link]", ":smile: Guy", "%s %(x)s {0} $name", "a*b?[c]", "NULL", "null",
    "nan", "inf", "-Infinity", "1e400", "٣٠", "مرحبا", "שלום", "Đoković Jr.", "ﬁrst", "名前", "🏀",
    "Zoe\u0301", "Donè½iÄ\u2021", "~root", "|", "a,b;c\\t", "--help", "$(reboot)", "`id`",
)  # fmt: skip
"""Plain text, however odd: it may be stored, and is shown letter by letter."""

NOT_PLAIN = (
    "A\x00B", "\x1b[31mred", "\x9b31mred", "line\nbreak", "tab\tted", "bell\x07", "\u202eabc",
    "a\u200bb", "x\u2028y", "\x1f", "\x1e", "\ufeffbom", "Don\x8ci\x8d", "\u2066x",
)  # fmt: skip
"""Control characters, turned and invisible text: set aside by an import, spelled out on a
terminal."""

NUMBERS = (
    "nan", "inf", "-inf", "Infinity", "1e300", "-1e300", "1e400", "32768", "99999", "-1", "0x1F",
    "1,000", "٣٠", "½", "1e-300", "--1", "9" * 40, "9223372036854775808", "", "true", "[1]",
)  # fmt: skip
DAYS = (
    "infinity", "-infinity", "epoch", "0001-01-01", "9999-12-31", "290000-01-01", "1945-12-31",
    "2200-01-01", "0044-03-15 (BC)", "2025-02-30", "2025-1-1", "today", "now", "20250110",
    "2025-01-10T99:00:00Z", "2025-01-10 23:30:00+25:00", "",
)  # fmt: skip

texts = st.one_of(
    st.sampled_from(PRINTED_AS_THEY_ARE), st.sampled_from(NOT_PLAIN), st.text(max_size=40)
)
"""Hostile texts, and whatever Hypothesis thinks of."""
