"""The fields that every question and template has, as content files hold them."""

from collections.abc import Mapping
from datetime import date
from enum import StrEnum
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator


class Part(BaseModel):
    """A part of a content file: frozen, and unknown keys are refused."""

    model_config = ConfigDict(frozen=True, extra="forbid", str_strip_whitespace=True)


class Bloom(StrEnum):
    """What an item asks of a learner, after Bloom's taxonomy."""

    REMEMBER = "remember"
    UNDERSTAND = "understand"
    APPLY = "apply"
    ANALYSE = "analyse"
    EVALUATE = "evaluate"
    CREATE = "create"


class Status(StrEnum):
    """Where an item stands on its way; only `live` is played."""

    DRAFT = "draft"
    REVIEWED = "reviewed"
    LIVE = "live"
    QUARANTINED = "quarantined"
    RETIRED = "retired"


class Ref(Part):
    """A primary source, and where in it to look."""

    title: str
    locator: str
    url: Annotated[str, Field(pattern=r"^https://")] | None = None
    doi: str | None = None
    isbn: str | None = None

    @model_validator(mode="after")
    def _findable(self) -> "Ref":
        if not (self.url or self.doi or self.isbn):
            raise ValueError(f"the reference {self.title!r} needs a url, a doi or an isbn")
        return self

    @property
    def address(self) -> str | None:
        """Where a browser finds it, if anywhere."""
        return self.url or (f"https://doi.org/{self.doi}" if self.doi else None)


Day = Annotated[date | str, Field(union_mode="left_to_right")]  # a date where it is one


class Volatile(Part):
    """Facts that age: true as of a date, to be looked at again by another (dates, or months as 2026-11)."""

    as_of: Day
    review_by: Day

    def due(self, today: date) -> bool:
        """Whether the review is overdue; a month ends with its last day."""
        return str(self.review_by) < today.isoformat()[: len(str(self.review_by))]


class CodeText(Part):
    """A few lines of code, at most 20 of at most 64 columns."""

    model_config = ConfigDict(str_strip_whitespace=False)

    lang: str = "python"
    text: str

    @model_validator(mode="after")
    def _fits(self) -> "CodeText":
        lines = self.text.rstrip("\n").split("\n")
        if len(lines) > 20 or any(len(line) > 64 for line in lines):
            raise ValueError("code has at most 20 lines of at most 64 columns")
        return self


class Picture(Part):
    """An image of the content folder."""

    path: str
    alt: Annotated[str, Field(min_length=10)]


class Check(Part):
    """Code that proves the key: it sets `result` (the key's value) or `claim` (True for every seed)."""

    model_config = ConfigDict(str_strip_whitespace=False)

    run: str
    round: int | None = None
    expect: float | str | None = None


class Content(Part):
    """What every piece of content has."""

    id: Annotated[str, Field(pattern=r"^[qtch]\.[a-z0-9-]+\.[a-z0-9-]+$")]
    version: Annotated[int, Field(ge=1)] = 1
    track: str
    topic: str
    status: Status = Status.DRAFT
    licence: Literal["CC-BY-4.0"]
    reviewed: date | None = None
    refs: tuple[Ref, ...] = ()
    volatile: Volatile | None = None
    waive: Mapping[str, str] = {}

    @model_validator(mode="after")
    def _consistent(self) -> "Content":
        if self.topic.split(".")[0] != self.track:
            raise ValueError(f"the topic {self.topic} is not of the track {self.track}")
        if self.status is Status.LIVE and self.reviewed is None:
            raise ValueError("a live item needs the date of its review (reviewed: 2026-11-22)")
        return self


class Item(Content):
    """What can be asked: the common part of questions and templates."""

    kind: str
    bloom: Bloom
    difficulty: Annotated[int, Field(ge=1, le=5)]
    objective: Annotated[str, Field(min_length=10)]
    time_s: Annotated[int, Field(ge=10, le=600)]
    stem: Annotated[str, Field(min_length=25, max_length=600)]
    code: CodeText | None = None
    image: Picture | None = None
    hint: str | None = None
    prereq: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    family: str | None = None
    contrast_with: str | None = None

    def snapshot(self) -> dict[str, Any]:
        """What a played row keeps of the item: enough to show and grade it for ever, nothing that only proves it."""
        return self.model_dump(
            mode="json",
            by_alias=True,
            exclude_none=True,
            exclude={"check", "oracle", "tags", "waive", "contrast_with"},
        )


class Option(Part):
    """One answer, right or wrong, and why; `value` is its number where it is one."""

    model_config = ConfigDict(str_strip_whitespace=False)

    text: str
    why: Annotated[str, Field(min_length=20, max_length=280)]
    correct: bool = False
    value: float | None = None
    misconception: str | None = None

    @model_validator(mode="after")
    def _misconceived(self) -> "Option":
        if not self.correct and self.misconception is None:
            raise ValueError(f"the wrong answer {self.text!r} needs a misconception")
        return self


class Question(Item):
    """A question with its answers."""

    options: tuple[Option, ...]
    shuffle: bool = True
    check: Check | None = None

    def right(self) -> tuple[int, ...]:
        """The positions of the right options."""
        return tuple(at for at, option in enumerate(self.options) if option.correct)

    @model_validator(mode="after")
    def _options(self) -> "Question":
        texts = [" ".join(option.text.casefold().split()) for option in self.options]
        if len(set(texts)) != len(texts):
            raise ValueError("two options have the same text")
        if not self.right():
            raise ValueError("no option is marked correct")
        return self


def need(condition: object, message: str) -> None:
    """Raise ValueError with `message` unless `condition` holds: for the validators of the kinds."""
    if not condition:
        raise ValueError(message)
