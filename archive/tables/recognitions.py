"""Which pages are to be read off their pictures, and what was read of each."""

from collections.abc import Collection, Mapping, Sequence

import sqlalchemy as sa

from archive.model import RecognisedPage, Recognition
from archive.tables.schema.recognitions import recognised_pages, recognitions


class Recognitions:
    def __init__(self, connection: sa.Connection) -> None:
        self._connection = connection

    def want(
        self,
        component_id: str,
        pages: Sequence[int],
        *,
        layer_digest: str | None,
        page_count: int,
        metadata: Mapping[str, str],
        cautions: Sequence[tuple[str, str]],
    ) -> None:
        """Ask for these pages. Those that were read before stay read: nothing is recognised twice. What a person
        stopped stays stopped."""
        values = {
            "layer_digest": layer_digest,
            "page_count": page_count,
            "metadata": dict(metadata),
            "cautions": [list(caution) for caution in cautions],
        }
        changed = self._connection.execute(
            recognitions.update().where(recognitions.c.component_id == component_id).values(values)
        )
        if not changed.rowcount:
            self._connection.execute(recognitions.insert().values(component_id=component_id, **values))
        known = {page.page for page in self.pages(component_id)}
        self._connection.execute(
            recognised_pages.delete().where(
                recognised_pages.c.component_id == component_id,
                recognised_pages.c.page.in_(sorted(known - set(pages))) | (recognised_pages.c.state == "failed"),
            )
        )
        known = {page.page for page in self.pages(component_id)}
        missing = [page for page in pages if page not in known]
        if missing:
            self._connection.execute(
                recognised_pages.insert(),
                [
                    {
                        "component_id": component_id,
                        "page": page,
                        "state": "waiting",
                        "confidence": 0.0,
                        "turned": 0,
                        "seals": 0,
                        "code": "",
                    }
                    for page in missing
                ],
            )

    def forget(self, component_id: str) -> None:
        """Nothing is read off pictures of this component any more."""
        for table in (recognised_pages, recognitions):
            self._connection.execute(table.delete().where(table.c.component_id == component_id))

    def get(self, component_id: str) -> Recognition | None:
        row = (
            self._connection.execute(sa.select(recognitions).where(recognitions.c.component_id == component_id))
            .mappings()
            .one_or_none()
        )
        if row is None:
            return None
        cautions = tuple((code, detail) for code, detail in row["cautions"])
        return Recognition(
            component_id, row["layer_digest"] or "", row["page_count"], row["metadata"], cautions, row["stopped_by"]
        )

    def pages(self, component_id: str) -> Sequence[RecognisedPage]:
        """Every page asked for, in order."""
        rows = self._connection.execute(
            sa.select(recognised_pages)
            .where(recognised_pages.c.component_id == component_id)
            .order_by(recognised_pages.c.page)
        )
        return [
            RecognisedPage(row.page, row.state, row.digest or "", row.confidence, row.turned, row.seals, row.code)
            for row in rows
        ]

    def save(self, component_id: str, page: RecognisedPage) -> None:
        """What became of a page."""
        self._connection.execute(
            recognised_pages.update()
            .where(recognised_pages.c.component_id == component_id, recognised_pages.c.page == page.page)
            .values(
                state=page.state,
                digest=page.digest or None,
                confidence=page.confidence,
                turned=page.turned,
                seals=page.seals,
                code=page.code,
            )
        )

    def following(self, component_id: str, first: int, last: int) -> int | None:
        """The first of these pages that waits to be read; None when there is none, or somebody stopped the reading."""
        return self._connection.execute(
            sa.select(sa.func.min(recognised_pages.c.page))
            .join(recognitions, recognitions.c.component_id == recognised_pages.c.component_id)
            .where(
                recognised_pages.c.component_id == component_id,
                recognised_pages.c.state == "waiting",
                recognised_pages.c.page.between(first, last),
                recognitions.c.stopped_by == "",
            )
        ).scalar_one()

    def stop(self, component_id: str, by: str) -> None:
        """No further page is read until it is stopped by nobody (an empty `by`)."""
        self._connection.execute(
            recognitions.update().where(recognitions.c.component_id == component_id).values(stopped_by=by)
        )

    def stopped_by(self, component_ids: Collection[str]) -> Mapping[str, str]:
        """Who stopped the reading of each of these of which it is stopped."""
        rows = self._connection.execute(
            sa.select(recognitions.c.component_id, recognitions.c.stopped_by).where(
                recognitions.c.component_id.in_(sorted(component_ids)), recognitions.c.stopped_by != ""
            )
        )
        return {row.component_id: row.stopped_by for row in rows}

    def stopped(self) -> int:
        """Of how many files of the whole archive the reading is stopped."""
        return self._connection.execute(
            sa.select(sa.func.count()).select_from(recognitions).where(recognitions.c.stopped_by != "")
        ).scalar_one()
