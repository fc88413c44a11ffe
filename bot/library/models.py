"""Content that is not a question: the taxonomy, concepts, challenges, misconceptions and the list of repositories."""

from collections.abc import Mapping
from datetime import date
from enum import StrEnum
from typing import Annotated, Any, Literal

from pydantic import ConfigDict, Field, model_validator

from bot.questions.item import CodeText, Content, Part


class Topic(Part):
    """One topic of a track; `prereq` names the topics to know first."""

    id: Annotated[str, Field(pattern=r"^[a-z]+\.[a-z0-9-]+$")]
    title: Annotated[str, Field(max_length=40)]
    subtopics: tuple[str, ...]
    prereq: tuple[str, ...] = ()


class Track(Part):
    """One of the tracks of the curriculum."""

    id: Annotated[str, Field(pattern=r"^[a-z]+$")]
    title: str
    about: str
    topics: tuple[Topic, ...]


class TryIt(CodeText):
    """Code to try, and what it prints; the output was made by running it."""

    text: str = Field(alias="code")
    output: str


class Concept(Content):
    """One idea, explained in a minute."""

    difficulty: Annotated[int, Field(ge=1, le=5)]
    title: Annotated[str, Field(max_length=120)]
    hook: Annotated[str, Field(max_length=200)]
    body: Annotated[str, Field(max_length=900)]
    try_it: TryIt | None = None
    recall: str
    discuss: str
    misconception: str | None = None
    prereq: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()


class Method(StrEnum):
    """How a challenge's result is verified."""

    GITHUB_PR = "github_pr"
    GITHUB_ISSUE = "github_issue"
    REPO_PUBLISH = "repo_publish"
    PEER_REVIEW = "peer_review"
    SELF_CHECK = "self_check"


_GITHUB = frozenset(
    {
        "merged",
        "author",
        "merged_by_not",
        "repo",
        "repo_not",
        "created_after",
        "labels_none",
        "labels_any",
        "cooling_days",
        "closed_as_completed",
    }
)
_REPOSITORY = frozenset({"owner", "created_after", "files_all", "readme_sections", "results_file", "ci_status"})
_EVIDENCE = frozenset({"evidence"})
REQUIRE: Mapping[Method, frozenset[str]] = {
    Method.GITHUB_PR: _GITHUB,
    Method.GITHUB_ISSUE: _GITHUB,
    Method.REPO_PUBLISH: _REPOSITORY,
    Method.PEER_REVIEW: _EVIDENCE,
    Method.SELF_CHECK: _EVIDENCE,
}


class Human(Part):
    """What members judge, since no machine can."""

    reviewers: Annotated[int, Field(ge=1, le=5)]
    question: str | None = None
    rubric: str | None = None
    not_from_same_claim: bool = False


class Verify(Part):
    """How a claim is checked."""

    method: Method
    require: Mapping[str, Any]
    human: Human | None = None

    @model_validator(mode="after")
    def _supported(self) -> "Verify":
        unknown = set(self.require) - REQUIRE[self.method]
        if unknown:
            raise ValueError(f"{self.method} cannot require {', '.join(sorted(unknown))}")
        return self


class Challenge(Content):
    """A step of the ladder from a first set-up to a portfolio."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    level: Annotated[int, Field(ge=0, le=8)]
    title: Annotated[str, Field(max_length=60)]
    time_h: Annotated[float, Field(gt=0, le=200)]
    points: Annotated[int, Field(gt=0, le=500)]
    why: Annotated[str, Field(max_length=280)]
    steps: Annotated[tuple[Annotated[str, Field(max_length=280)], ...], Field(min_length=3, max_length=6)]
    done_when: Annotated[str, Field(max_length=280)]
    verify: Verify
    limits: Mapping[str, Any] = {}
    integrity: Mapping[str, Any] = {}
    fallback: str | None = None


class Repository(Part):
    """A project that welcomes a kind of contribution, by its own published policy."""

    repo: Annotated[str, Field(pattern=r"^[\w.-]+/[\w.-]+$")]
    lists: tuple[Literal["docs_welcome"], ...]
    policy_url: Annotated[str, Field(pattern=r"^https://")]
    policy: str
    checked_on: date
    policy_as_of: date
    source: str
