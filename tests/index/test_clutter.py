"""One sample or more for each rule, and the sentences that each rule must leave alone."""

import pytest

from index.blocks import make_block
from index.cleaning import clean_essay
from index.clutter import RULES, ClutterKind, find_clutter
from tests.index.essays import PROSE


def clean(text: str) -> str:
    return clean_essay([make_block(text)]).text


SAMPLES = {
    "avatar": ["Authors Avatar", "Author's Avatar", "User avatar", "Avatar of Jane Example"],
    "call to join": [
        "Join now!",
        "Register for free",
        "Sign up or log in to continue reading this",
        "Already a member? Log in here.",
    ],
    "call to buy": [
        "Buy this essay",
        "Get help with your essay today",
        "Need help with your coursework? Hire an expert.",
        "Order a custom paper now!",
    ],
    "preview": [
        "This is a preview of the whole essay",
        "This is just a sample of the full document. Get it now",
        "Sign up to view the whole essay and download the PDF for anytime access",
        "Read the full article »",
    ],
    "read more": ["Read more...", "Continue reading →", "Show less"],
    "navigation": ["Back to top button", "Skip to main content", "← Next post →", "Page 2 of 7"],
    "single button": ["Close", "Menu", "Search …", "Print"],
    "path of pages": ["Home > Essays > Harbours", "Home » Ropes", "Archive › Towns › The Gate"],
    "share": ["Share this essay", "Share on Facebook", "Tweet", "1,204 views", "Follow us on X"],
    "networks": ["Facebook", "Twitter | WhatsApp | Email"],
    "counts": [
        "Word count: 1,204",
        "1204 words (5 pages)",
        "Info: 1204 words (5 pages) Essay",
        "6 min read",
        "Pages: 3",
    ],
    "details": [
        "Document details",
        "Academic level: High school",
        "Rate this essay",
        "Better Essays",
        "Open Document",
        "4.5/5 stars",
    ],
    "tags": ["Tags", "Tags: ropes, harbours, guilds", "Tagged with harbours"],
    "related": ["Related Articles", "More essays like this", "You may also like", "See also:"],
    "cite this": ["Cite this page", "How to cite this essay", "Copy citation to clipboard"],
    "comments heading": ["Comments", "Comments (3)", "About the author"],
    "reply form": ["Leave a Reply", "3 Comments", "Post a comment", "Cancel reply", "No comments"],
    "form fields": [
        "Name *",
        "Your email address will not be published. Required fields are marked *",
        "Save my name, email, and website in this browser for the next time I comment.",
    ],
    "spam notice": [
        "This site uses Akismet to reduce spam. Learn how your comment data is processed.",
        "This form is protected by reCAPTCHA.",
    ],
    "cookies": [
        "We use cookies to give you the best experience on our pages.",
        "By continuing to use this site you agree to our use of cookies.",
        "Accept all cookies",
    ],
    "legal": ["© 2019 Example Essays Ltd", "All rights reserved.", "Privacy | Terms | Contact"],
    "disclaimer": [
        "Disclaimer: This work was handed in by a pupil and is not ours.",
        "This essay has been submitted by a student of the old harbour school.",
        "Any opinions expressed in this material are those of the author.",
        "If you are the original writer of this essay and want it gone, please write to us.",
    ],
    "advertising": ["Advertisement", "Article continues below", "Sponsored content"],
    "picture credit": ["Photo credit: Jane Example", "Image: The harbour", "Click to enlarge"],
}

KEPT_SENTENCES = [
    "He told the sailors to join now, before the tide turned against them all in the harbour.",
    "Join us or perish, the guild told the sailors.",
    "The tags on the bales were the only proof that the guild had paid.",
    "Tags were sewn on each bale.",
    "This is a preview of the war that was to come.",
    "Close to the harbour stood a gate.",
    "The guild did not leave a reply to the letter.",
    "Leave a reply, wrote the guild, and we shall come.",
    "In the share of the guild lay its power.",
    "He would buy the paper of the town and order a new rope.",
    "We use cookies as a figure for reward, he wrote of his school.",
    "By using this rope, he said, you join the guild.",
    "Related events followed in the spring.",
    "The comments of the guild were bitter.",
    "Search parties were sent out.",
    "Register of ships, kept by the guild, 1702.",
    "No comments by the guild survive.",
    "He read more than he wrote.",
    "Back to the harbour they went.",
    "Disclaimers of the guild were many.",
    "Any opinions that the guild expressed were those of its master.",
    "Home was a rope loft for most of them.",
    "The next page of the register is torn.",
    "Copyright was unknown to the rope makers.",
    "Image and likeness were all that was left.",
    "Five thousand words would not be enough to say it.",
]


def test_each_rule_has_a_sample() -> None:
    assert set(SAMPLES) == set(RULES)


@pytest.mark.parametrize(
    ("rule", "line"),
    [pytest.param(rule, line, id=line) for rule, lines in SAMPLES.items() for line in lines],
)
def test_a_line_of_clutter_is_recognised(rule: str, line: str) -> None:
    assert find_clutter(line) is RULES[rule][0]


@pytest.mark.parametrize(
    ("rule", "line"),
    [pytest.param(rule, line, id=line) for rule, lines in SAMPLES.items() for line in lines],
)
def test_clutter_below_the_essay_leaves_its_text(rule: str, line: str) -> None:
    assert clean(f"On Ropes\n\n{PROSE}\n\n{line}") == PROSE


@pytest.mark.parametrize(
    ("rule", "line"),
    [
        pytest.param(rule, lines[0], id=lines[0])
        for rule, lines in SAMPLES.items()
        if RULES[rule][0] in (ClutterKind.EDGE, ClutterKind.TAIL)
    ],
)
def test_words_that_could_be_a_heading_stay_between_paragraphs(rule: str, line: str) -> None:
    text = f"{PROSE}\n\n{line}\n\n{PROSE} It was so."
    assert clean(f"On Ropes\n\n{text}") == text


@pytest.mark.parametrize("sentence", KEPT_SENTENCES)
def test_a_sentence_of_the_essay_is_kept(sentence: str) -> None:
    text = f"{PROSE}\n\n{sentence}\n\n{PROSE} It was so."
    assert clean(f"On Ropes\n\n{text}") == text
