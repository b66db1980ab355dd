"""The area one combined authority runs, and its postcodes."""

from sqlalchemy import JSON, Boolean, Float, Integer, String
from sqlalchemy.orm import Mapped, mapped_column

from placements.extensions import db
from placements.models.columns import id_column, text_column


class Region(db.Model):
    """A region with the version of its settings."""

    __tablename__ = "region"
    id: Mapped[int] = id_column()
    code: Mapped[str] = mapped_column(String(40), unique=True)
    name: Mapped[str] = text_column()
    timezone: Mapped[str] = text_column(40)
    settings: Mapped[dict] = mapped_column(JSON, default=dict)
    settings_version: Mapped[int] = mapped_column(Integer, default=1)


class GazetteerPostcode(db.Model):
    """A postcode imported over the gazetteer that the project ships."""

    __tablename__ = "gazetteer_postcode"
    postcode: Mapped[str] = mapped_column(String(8), primary_key=True)
    latitude: Mapped[float] = mapped_column(Float)
    longitude: Mapped[float] = mapped_column(Float)
    terminated: Mapped[bool] = mapped_column(Boolean, default=False)
    source: Mapped[str] = text_column(40)
