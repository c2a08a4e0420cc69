"""What families of trees share: a version is a file, verified against its manifest when read."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Iterable

from tipoff.errors import ArtifactError
from tipoff.models.family import M, ModelFamily
from tipoff.models.manifest import Manifest


class TreeFamily(ModelFamily[M]):
    """A family of models whose artifact is a file. `golden.finished` puts its hash into the
    manifest, the registry compares it, and here the trees in it are held against the contract."""

    kind: str
    """What such a file is, in words."""

    @abstractmethod
    def read(self, manifest: Manifest, content: bytes) -> M:
        """The model of a file's bytes. Raises ArtifactError or ValueError for other bytes."""

    @abstractmethod
    def columns(self, model: M, market: str) -> Iterable[tuple[str, ...]]:
        """What each of a model's trees reads in a market, by its own file: the names of the
        contract, in order."""

    def load(self, manifest: Manifest, artifact: bytes | None) -> M:
        """The model of a manifest and the verified bytes of its artifact.

        Raises ArtifactError when there are none, when they are no such file, or when its trees
        read other names than the contract.
        """
        if artifact is None:
            raise ArtifactError(f"{manifest.model} ({manifest.model_id}) has no artifact")
        names = manifest.contract.names
        try:
            model = self.read(manifest, artifact)
            columns = [(market, c) for market in names for c in self.columns(model, market)]
        except (ArtifactError, LookupError, ValueError) as error:
            raise ArtifactError(
                f"the artifact of {manifest.model} is not {self.kind}: {error}"
            ) from error
        for market, found in columns:
            if found != names[market]:
                raise ArtifactError(
                    f"the artifact of {manifest.model} reads other features in {market} than its"
                    f" manifest: {found}"
                )
        return model
