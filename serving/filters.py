"""The queue's filters as they stand in an address: vocabulary only, never a word of a citizen."""

from __future__ import annotations

from typing import Annotated, Literal
from urllib.parse import urlencode

from pydantic import BaseModel, Field

from triage.queue import Filters

AGES: dict[str, tuple[int | None, int | None]] = {"1": (1, None), "3": (3, None), "7": (7, None), "lama": (None, 7)}
AGE_LABELS = {"1": "24 jam terakhir", "3": "3 hari terakhir", "7": "7 hari terakhir", "lama": "lebih dari 7 hari"}
MOST_PAGES = 500


class Asked(BaseModel):
    """Query parameters of the queue and of its cards; empty: not filtered."""

    sumber: Annotated[str, Field(pattern=r"^(x|instagram)?$")] = ""
    kategori: Annotated[str, Field(pattern=r"^[a-z_]{0,40}$")] = ""
    mendesak: Literal["", "0", "1", "2"] = ""
    kecamatan: Annotated[str, Field(pattern=r"^[A-Za-z .'-]{0,60}$")] = ""
    umur: Literal["", "1", "3", "7", "lama"] = ""

    def filters(self) -> Filters:
        younger, older = AGES.get(self.umur, (None, None))
        return Filters(
            self.sumber or None, self.kategori or None, int(self.mendesak) if self.mendesak else None, self.kecamatan or None, younger, older
        )  # fmt: skip

    def given(self) -> dict[str, str]:
        """The filters that are set."""
        return {name: value for name, value in self.model_dump(include=set(Asked.model_fields)).items() if value}

    def query(self, **more: str | int) -> str:
        """?sumber=x&… or nothing, ready to stand behind a path."""
        values = self.given() | {name: value for name, value in more.items() if value}
        return f"?{urlencode(values)}" if values else ""


class AskedList(Asked):
    hal: Annotated[int, Field(ge=1, le=MOST_PAGES)] = 1


class AskedNext(Asked):
    """``dari``: begin with this card. ``lewat``: begin behind it. ``kecuali``: leave these out."""

    dari: Annotated[str, Field(pattern=r"^[a-z0-9:]{0,80}$")] = ""
    lewat: Annotated[str, Field(pattern=r"^[a-z0-9:]{0,80}$")] = ""
    kecuali: Annotated[str, Field(pattern=r"^[a-z0-9:,]{0,2000}$")] = ""
    urung: Annotated[str, Field(pattern=r"^[0-9a-f-]{0,36}$")] = ""
