"""What the archive knows of itself: its id, when it began."""

import sqlalchemy as sa

from archive.tables.schema.meta import meta


class Meta:
    def __init__(self, connection: sa.Connection) -> None:
        self._connection = connection

    def get(self, name: str) -> str | None:
        return self._connection.execute(sa.select(meta.c.value).where(meta.c.name == name)).scalar()

    def put(self, name: str, value: str) -> None:
        if self.get(name) is None:
            self._connection.execute(meta.insert().values(name=name, value=value))
        else:
            self._connection.execute(meta.update().where(meta.c.name == name).values(value=value))

    def forget(self, name: str) -> None:
        self._connection.execute(meta.delete().where(meta.c.name == name))
