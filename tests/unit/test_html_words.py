"""The words of a message that its writer wrote now: quotations, histories, signatures, and answers above, between and below."""

from __future__ import annotations

import time

import pytest

from execops.text.html_words import own_words, plain


@pytest.mark.parametrize(
    ("html", "words"),
    [
        ("<blockquote>We charge 49<br/>I will sue you</blockquote><p>Thanks!</p>", "Thanks!"),
        ("<blockquote>We charge 49<hr/>I will sue you<wbr/></blockquote><p>Thanks!</p>", "Thanks!"),
        ("<blockquote><p>quote<p>more</blockquote><p>I am leaving</p>", "I am leaving"),
        ("<ul><li><blockquote>a<li>b</ul><p>I am leaving</p>", "I am leaving"),
        ("<blockquote>see exam<wbr>ple</blockquote><p>I cancel.</p>", "I cancel."),
        ("<blockquote>a<blockquote>b</blockquote>c</blockquote><p>I cancel.</p>", "I cancel."),
        ("<blockquote><b>a</i></b></span>b</blockquote><p>I cancel.</p>", "I cancel."),
        ("<div><blockquote>never closed</div><p>I cancel.</p>", "I cancel."),
        ("<p>I cancel.<blockquote>quote</p>more</blockquote>", "I cancel."),
        ("<head><title>t</title><body>I cancel.", "I cancel."),
        ("</p></blockquote></div><p>I cancel.</p>", "I cancel."),
    ],
)
def test_a_quotation_lasts_until_its_element_is_closed(html: str, words: str) -> None:
    assert own_words(html) == words


@pytest.mark.parametrize(
    "history",
    [
        "<p>On 3 Nov 2026, at 09:12, Lou wrote:</p><p>I will sue you</p>",
        "<p>On Tue, Nov 3, 2026 at 9:12 AM Lou &lt;lou@acme.example&gt;<br>wrote:</p><p>I will sue you</p>",
        "<p>Am 03.11.26 um 09:12 schrieb Lou:</p><p>I will sue you</p>",
        "<p>Am Di., 3. Nov. 2026 um 09:12 Uhr schrieb Lou &lt;lou@acme.example&gt;:</p><p>I will sue you</p>",
        "<p>Le mar. 3 nov. 2026 à 09:12, Lou &lt;lou@acme.example&gt; a écrit :</p><p>I will sue you</p>",
        "<p>Lou schrieb am 03.11.26 um 09:12:</p><p>I will sue you</p>",
        "<p>On Wed, Sam Support wrote:</p><blockquote>I will sue you</blockquote>",
        "<p>El mar, 3 nov 2026 a las 9:12, Lou escribió:</p><blockquote>I will sue you</blockquote>",
        "<p>From: Lou<br>Sent: 3 November 2026 09:12<br>To: Kim<br>Subject: Plan</p><p>I will sue you</p>",
        "<p><b>Von:</b> Lou<br><b>Gesendet:</b> Dienstag, 3. November 2026<br><b>An:</b> Kim</p><p>I will sue you</p>",
        "<p>De : Lou<br>Envoyé : mardi 3 novembre 2026<br>À : Kim<br>Objet : offre</p><p>I will sue you</p>",
        "<p>**Gesendet:** Dienstag<br>**Von:** Lou<br>**An:** Kim<br>**Betreff:** Plan</p><p>I will sue you</p>",
        "<p>-----Original Message-----</p><p>From: Lou<br>Date: 3 Nov<br>To: Kim</p><p>&gt; I will sue you</p>",
        "<p>-------- Ursprüngliche Nachricht --------</p><p>I will sue you</p>",
        "<p>-----Message d'origine-----</p><p>I will sue you</p>",
        "<p>________________________________</p><p>From: Lou<br>Sent: today</p><p>I will sue you</p>",
        "<p>---------- Forwarded message ---------</p><p>I will sue you</p>",
        "<p>Begin forwarded message:</p><p>I will sue you</p>",
        '<div class="gmail_quote"><div class="gmail_attr">On Tue Lou wrote:</div><blockquote>I will sue you</blockquote></div>',
        '<div class="yahoo_quoted"><div>On Tuesday Lou wrote:</div><div>I will sue you</div></div>',
        '<div class="moz-cite-prefix">Lou:</div><blockquote type="cite">I will sue you</blockquote>',
        "<p>Sent from my iPhone</p><blockquote>I will sue you</blockquote>",
        "<p>Von meinem iPhone gesendet</p>",
        "<p>Gesendet von Outlook für Android</p>",
        "<p>Get Outlook for iOS</p>",
        "<p>Envoyé de mon iPhone</p>",
        "<p>--<br>Kim Meyer<br>I will sue you Ltd</p>",
    ],
)
def test_a_history_and_a_signature_are_not_the_words_of_the_writer(history: str) -> None:
    assert own_words(f"<p>Thanks!</p><div>It works.</div>{history}") == "Thanks!\nIt works."


@pytest.mark.parametrize(
    ("html", "words"),
    [
        ("<p>&gt; old</p><p>I want a refund</p>", "I want a refund"),
        ("<p>&gt; Which plan?</p><p>Team.</p><p>&gt; Since when?</p><p>May.</p>", "Team.\nMay."),
        ("<p>On 3 Nov 2026, at 09:12, Lou wrote:<br>&gt; old</p><p>I want a refund</p>", "I want a refund"),
        (
            "<p>Hi</p><p>On 3 Nov 2026, Lou wrote:</p><blockquote>old</blockquote><p>I cancel</p>",
            "Hi\nI cancel",
        ),
        (
            (
                '<div class="gmail_quote"><div class="gmail_attr">On Tue Lou wrote:</div><blockquote>a</blockquote>'
                "<div>I want a refund</div><blockquote>b</blockquote><div>at once</div></div>"
            ),
            "I want a refund\nat once",
        ),
        (
            "<p>Gesendet: Mittwoch<br>Von: Lou<br>An: Kim<br>Betreff: Karte</p><p>Ich kündige</p>",
            "Ich kündige",
        ),
        ('<p>Hi Lou,</p><div class="gmail_quote">I want a refund</div>', "Hi Lou,\nI want a refund"),
    ],
)
def test_an_answer_below_or_between_quoted_lines_is_read(html: str, words: str) -> None:
    assert own_words(html) == words


@pytest.mark.parametrize(
    "lines",
    [
        ("Am Montag wurde mir doppelt abgebucht, das schrieb ich", "Ich will mein Geld"),
        ("On Monday I called, and on Tuesday I wrote", "I want a refund"),
        ("On Monday I called, and you wrote:", "no refund. I want one"),
        ("On your pricing page you can run:", "a free plan. That was a lie."),
        ("Le client a écrit", "Il veut être remboursé"),
        ("From: old@acme.example", "please change my address. I wait since 2024"),
        ("Sent from my bank on Monday, and never booked", "I want a refund"),
        ("I asked this twice:", "when do I get my refund?"),
    ],
)
def test_the_first_words_of_a_writer_are_no_history(lines: tuple[str, ...]) -> None:
    assert own_words("".join(f"<p>{line}</p>" for line in lines)) == "\n".join(lines)


def test_a_rule_across_the_page_ends_nothing() -> None:
    assert own_words("<p>---</p><p>refund me now</p>") == "refund me now"
    assert own_words("<p>Hi</p><p>______</p><p>refund me now</p>") == "Hi\nrefund me now"


@pytest.mark.parametrize(
    "html",
    [
        "<blockquote>I want a refund</blockquote>",
        "<p>&gt; I want a refund</p>",
        "<p>--</p>",
        "<p>Sent from my iPhone</p>",
    ],
)
def test_where_nothing_would_be_left_the_whole_text_is_read(html: str) -> None:
    assert own_words(html) == plain(html) != ""


def test_a_text_with_no_words_has_none() -> None:
    assert own_words("<div><img src='x'><br></div>") == plain("<style>p{}</style>") == ""


def test_the_time_grows_with_the_length_alone() -> None:
    def seconds(times: int) -> float:
        start = time.process_time()
        own_words("<div><blockquote>On 1 schrieb </b>" * times + "<p>On 3 Nov 2026 wrote wrote</div>" * times)
        return time.process_time() - start

    seconds(100)
    assert seconds(8000) < 40 * max(seconds(1000), 0.005)
