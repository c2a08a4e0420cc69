"""The artifact of a plug-in's version: what each of its fits dumped, by market, in one file."""

from __future__ import annotations

import json
from collections.abc import Mapping
from itertools import accumulate, pairwise

from tipoff.errors import ArtifactError


def bundled(parts: Mapping[str, bytes]) -> bytes:
    """A line of JSON that names markets and lengths, then the bytes of each."""
    head = json.dumps({market: len(part) for market, part in parts.items()})
    return b"\n".join([head.encode(), b"".join(parts.values())])


def unbundled(content: bytes) -> dict[str, bytes]:
    """The parts of such a file. Raises ArtifactError for another file."""
    head, _, body = content.partition(b"\n")
    try:
        lengths = {str(market): int(length) for market, length in json.loads(head).items()}
    except (AttributeError, TypeError, ValueError) as error:
        raise ArtifactError(f"the artifact of a plug-in has no head: {error}") from error
    ends = list(accumulate(lengths.values(), initial=0))
    if ends[-1] != len(body) or any(length < 0 for length in lengths.values()):
        raise ArtifactError(f"the artifact of a plug-in has {len(body)} bytes, not {ends[-1]}")
    return {m: body[a:b] for m, (a, b) in zip(lengths, pairwise(ends), strict=True)}
