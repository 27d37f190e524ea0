"""Beside the Client: the words of a play on sample facts, without an operator and without a database."""

from __future__ import annotations

from msgspec import Struct
from msgspec.structs import asdict, replace

from execops.errors import InvalidInputError, NotFoundError
from execops.model import Declined, Json
from execops.plays import samples
from execops.plays.mails import letters, own_texts
from execops.plays.registry import all_plays
from execops.settings import Settings


class Preview(Struct, frozen=True, kw_only=True):
    """A mail as a play writes it: what happened, in words, the subject and the text."""

    happened: str
    language: str
    subject: str
    text: str

    def to_json(self) -> Json:
        """The preview as JSON types."""
        return asdict(self)


def preview(settings: Settings, play: str, language: str | None = None) -> list[Preview]:
    """The mails of a play, in the founder's own language or in another, with the founder's own words where there are any.

    Raises NotFoundError for a play that does not exist or writes no mails, InvalidInputError for a language without texts
    and for texts that cannot be used.
    """
    check_texts(settings)
    chosen = _language(settings, language)
    mails = []
    for happened, facts in samples.samples(_name(play), replace(settings, languages=(chosen,)), chosen):
        draft = all_plays()[play].answer(facts)
        if isinstance(draft, Declined):
            raise RuntimeError(f"the sample {happened!r} of {play} is declined: {draft.reason}")  # noqa: TRY004
        mails.append(
            Preview(
                happened=happened,
                language=draft.language,
                subject=draft.payload["subject"],
                text=draft.payload["text"],
            )
        )
    return mails


def built_in_texts(settings: Settings, play: str, language: str | None = None) -> str:
    """The built-in texts of a play, or of `letter`, in the form of a file of one's own. Raises as `preview` does."""
    if play != "letter":
        _name(play)
    return own_texts.excerpt(play, _language(settings, language))


def check_texts(settings: Settings) -> None:
    """Raise InvalidInputError, with file and line, where the founder's own texts cannot be used."""
    own_texts.check(settings.home / "texts", settings.texts)


def _name(play: str) -> str:
    if play not in all_plays():
        raise NotFoundError(f"There is no play called {play!r}.", hint="execops plays list")
    if play not in samples.plays():
        raise NotFoundError(
            f"The play {play} writes no mails to customers.", hint=f"These do: {', '.join(samples.plays())}."
        )
    return play


def _language(settings: Settings, language: str | None) -> str:
    chosen = language or settings.languages[0]
    if chosen not in letters.languages():
        raise InvalidInputError(
            f"There are no texts in {chosen!r}.", hint=f"There are texts in {', '.join(letters.languages())}."
        )
    return chosen
