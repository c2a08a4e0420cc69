"""Many threads on one Lake object: readers, a writer, and one that imports modules meanwhile."""
