"""What web pages put around an essay, line by line."""

import re
from collections.abc import Iterator, Mapping
from enum import Enum
from functools import lru_cache
from types import MappingProxyType


class ClutterKind(Enum):
    """What a line of clutter says about its surroundings."""

    LINE = "never the essay's own, wherever it stands"
    EDGE = "clutter before the first and after the last line of running text"
    TAIL = "as EDGE, and after the running text nothing follows but clutter"
    END = "never the essay's own; what follows in the second half of a page is not either"
    PREVIEW = "as END, and the page says that the rest of the essay is missing"

    @property
    def is_certain(self) -> bool:
        """Whether the line is clutter between paragraphs of running text, too."""
        return self not in (ClutterKind.EDGE, ClutterKind.TAIL)


_WORK = r"(?:essay|paper|document|article|text|assignment|homework|coursework|dissertation|work)s?"
_NETWORK = (
    r"(?:facebook|twitter|x|whatsapp|linked ?in|pinterest|reddit|tumblr|instagram|messenger"
    r"|telegram|vkontakte|viber|youtube|tiktok|mastodon|bluesky|threads|e-?mail|print|copy link"
    r"|odnoklassniki|pocket|skype|share via e-?mail)"
)

RULES: Mapping[str, tuple[ClutterKind, str]] = MappingProxyType(
    {
        "preview": (
            ClutterKind.PREVIEW,
            rf"this is (?:only |just )?(?:a|an) (?:free )?(?:preview|sample|extract|excerpt)"
            rf"(?: of)? (?:the|this|our)? ?(?:whole|full|complete|entire)? ?{_WORK}.{{0,80}}"
            rf"|(?:sign up|log ?in|register|join|pay|subscribe|continue)(?: now)? (?:to|for)"
            rf" (?:view|read|see|reading|access|unlock|the) ?(?:the )?(?:whole|full|complete|entire"
            rf"|rest of the) {_WORK}.{{0,80}}"
            rf"|(?:read|view|see|show|unlock|access|download) (?:the )?(?:whole|full|complete"
            rf"|entire|rest of (?:the|this)) {_WORK}.{{0,40}}"
            rf"|the rest of this {_WORK} is (?:only )?(?:available|hidden|locked).{{0,80}}",
        ),
        "avatar": (
            ClutterKind.LINE,
            r"(?:author['’]?s?['’]? |user ?|profile )?avatar(?: of .{1,40})?"
            r"|(?:user|profile|author) (?:picture|photo|image)",
        ),
        "call to join": (
            ClutterKind.LINE,
            r"(?:join|register|sign up|subscribe|enrol|log ?in|sign in)"
            r"(?: (?:now|today|here|free|for free|us|up))+"
            r"|(?:join|log ?in|sign (?:in|up)|register)(?: or (?:join|log ?in|sign (?:in|up)"
            r"|register))?(?: now)? to (?:continue|read|view|see|download|comment|reply|leave"
            r"|post|access|unlock|save|like|get)\b.{0,80}"
            r"|(?:already (?:a member|registered)|not a member|don['’]t have an account)\b.{0,60}"
            r"|forgot(?:ten)? (?:your )?password",
        ),
        "call to buy": (
            ClutterKind.LINE,
            rf"(?:buy|order|download|get|hire)(?: (?:now|today|here|free|a|an|the|this|your|my|us"
            rf"|full|whole|custom|original|unique|pdf|docx?|sample|{_WORK}|writer|expert|paper|from"
            r"|as))+"
            r"|(?:get|need|want|looking for|struggling with|stuck on) .{0,30}\b(?:your|my|this|an?)"
            r" (?:essay|paper|homework|assignment|coursework|dissertation)s?\b.{0,60}"
            r"|if you (?:need|want|require) (?:assistance|help|support) (?:with|in|on|to) .{0,60}"
            r"\b(?:essay|paper|homework|assignment|coursework|dissertation)s?\b.{0,200}"
            rf"|(?:plagiarism[- ]free|let us write|our writers|we can write)\b.{{0,100}}",
        ),
        "read more": (
            ClutterKind.LINE,
            r"(?:read|show|see|view|load|learn|find out) (?:more|less|all)"
            r"|continue reading|expand|collapse",
        ),
        "navigation": (
            ClutterKind.LINE,
            r"back to (?:the )?top(?: button)?|(?:scroll|return|go) to (?:the )?top(?: button)?"
            r"|skip to (?:main )?(?:content|navigation)|toggle (?:navigation|menu|search|sidebar)"
            r"|(?:next|previous|prev) (?:page|post|article|essay|entry|story)"
            r"|(?:open|close|main|primary) (?:menu|search|navigation|sidebar|dialog|popup|ad)"
            r"|page \d+(?: of \d+)?|jump to (?:content|navigation|top)|table of contents toggle",
        ),
        "single button": (
            ClutterKind.EDGE,
            r"close|menu|search(?: for)?|search\.\.\.|print|back|next|previous|top|home|login"
            r"|log ?(?:in|out)|sign (?:in|up|out)|join|register|subscribe|submit|send|reply"
            r"|cancel|save|edit|report|download|skip|ok|yes|no|follow|loading",
        ),
        "path of pages": (
            ClutterKind.EDGE,
            r"(?:home|index|main|start)(?: ?[>»›/|·→] ?[^>»›/|·→]{1,60}){1,6}"
            r"|(?:[^>»›|·→.]{1,30} ?[>»›|→] ?){2,6}[^>»›|·→.]{1,60}",
        ),
        "share": (
            ClutterKind.LINE,
            rf"(?:share|tweet|pin)(?: (?:this|it))?(?: {_WORK})?"
            rf"(?: (?:on|via) .{{1,40}}| with (?:your )?friends)?"
            r"|follow us(?: on .{1,40})?|follow me on .{1,40}"
            r"|[\d.,]+k? (?:shares?|likes?|views?|followers?)"
            r"|like this|like loading|liked by.{0,40}|spread the word|click to share.{0,60}",
        ),
        "networks": (
            ClutterKind.EDGE,
            rf"{_NETWORK}(?:[ ,|/·•]+(?:and )?{_NETWORK})*",
        ),
        "counts": (
            ClutterKind.LINE,
            r"(?:total )?(?:word|page) ?count ?:? ?[\d.,]+(?: (?:words|pages))?"
            r"|(?:words?|pages?|reading time|read time) ?: ?[\d.,]+(?: (?:words?|pages?"
            r"|min(?:ute)?s?))?(?: read)?"
            r"|(?:info ?: ?)?(?:approx(?:\.|imately)? |about )?[\d.,]+ words?"
            r"(?: ?[(/|,·] ?[\d.,]+ pages?\)?)?(?: (?:essay|paper|article))?"
            r"|[\d.,]+ min(?:ute)?s?(?: of)? read(?:ing)?(?: time)?",
        ),
        "details": (
            ClutterKind.EDGE,
            r"(?:essay|document|paper|article) (?:details|information|info|preview|type|sample)"
            r"|(?:academic level|level|subject|paper type|document type|author type|category"
            r"|categories|posted in|filed under|uploaded by|downloads|views|rating|pages"
            r"|format|price) ?: ?.{1,80}"
            r"|(?:rate|rating) (?:this|of this) .{1,20}|[\d.]+ ?(?:/|out of) ?[\d.]+ stars?"
            r"|(?:good|better|best|great|decent|powerful|satisfactory|free) essays?(?: .{1,30})?"
            r"|open document|get access|save to my library|check (?:writing quality|for plagiarism)"
            r"|was this (?:essay|article|page|post|answer) (?:helpful|useful)",
        ),
        "tags": (
            ClutterKind.TAIL,
            r"(?:tags?|keywords?|tagged)(?: ?:.{0,150})?|tagged (?:as|with) .{1,100}",
        ),
        "related": (
            ClutterKind.TAIL,
            rf"(?:related|similar|more|other|popular|recent|recommended|latest|trending|top"
            rf"|featured|suggested)(?: (?:posts?|stories|topics?|content|reading|reads|questions"
            rf"|items|searches|{_WORK}))(?: .{{0,40}})?"
            r"|more (?:from|by|in|on|like) .{1,40}|(?:see|read) also|also (?:read|on).{0,40}"
            r"|you (?:may|might|will)(?: also)? (?:like|enjoy|be interested in).{0,20}"
            r"|people also (?:ask|read|search).{0,20}|recommended(?: for you)?"
            r"|found what you['’]re looking for|not the one",
        ),
        "cite this": (
            ClutterKind.TAIL,
            rf"(?:cite|reference|quote) (?:this|the) (?:page|post|{_WORK})"
            rf"|how to (?:cite|reference) this.{{0,20}}|(?:copy|export|select) (?:a |to )?"
            r"(?:citation|reference|clipboard|style).{0,40}",
        ),
        "comments heading": (
            ClutterKind.TAIL,
            r"comments?(?: (?:\(\d+\)|section|are closed|off|on .{1,60}))?|discussion|reviews?"
            r"|about the author|author bio|newsletter|subscribe to .{1,60}",
        ),
        "reply form": (
            ClutterKind.END,
            r"leave (?:a|your) (?:reply|comment|response|review|feedback)(?: .{0,60})?"
            r"|(?:post|add|write|submit)(?: (?:a|your))? (?:new )?(?:comment|reply|review)"
            r"|(?:\d+|one|no) (?:comments?|replies|responses?|thoughts)(?: yet)?"
            r"(?: (?:on|to) .{1,150})?|be the first to (?:comment|reply|review).{0,40}"
            r"|cancel reply",
        ),
        "form fields": (
            ClutterKind.LINE,
            r"(?:name|e-?mail|website|comment|your (?:name|e-?mail|comment|message))"
            r"(?: address)? ?(?:\*|\(required\))(?: .{0,40})?"
            r"|your e-?mail address will not be .{0,120}|required fields are marked.{0,10}"
            r"|save my name, .{1,100}|notify me of (?:new|follow-?up) .{1,60}",
        ),
        "spam notice": (
            ClutterKind.LINE,
            r"this (?:site|form|page) (?:uses akismet|is protected by)\b.{0,200}"
            r"|learn how your comment data (?:is|are) processed",
        ),
        "cookies": (
            ClutterKind.LINE,
            r"(?:we|this (?:web)?site|our (?:web)?site|our partners)(?: and .{1,40})? uses? cookies"
            r"(?: and .{1,60})? (?:to|for|on|so|in)\b.{0,400}"
            r"|by (?:continuing|using|clicking|browsing)\b.{1,150}\bcookies?\b.{0,200}"
            r"|(?:accept|reject|allow|decline|manage)(?: all)?(?: (?:cookies|consent|preferences))"
            r"|(?:accept|reject|allow) all|cookie (?:policy|settings|preferences|notice|consent)",
        ),
        "legal": (
            ClutterKind.EDGE,
            r"(?:©|\(c\)|copyright)(?: ?©)? .{0,100}|all rights reserved"
            r"|(?:privacy|cookie)(?: (?:policy|notice))|terms (?:of (?:use|service)"
            r"|(?:and|&) conditions)|disclaimer|contact us|about us"
            r"|(?:privacy|terms|contact|about|help|faq|sitemap)"
            r"(?: ?[|·•/] ?(?:privacy|terms|contact|about|help|faq|sitemap))+|powered by .{1,40}",
        ),
        "disclaimer": (
            ClutterKind.EDGE,
            rf"disclaimer ?: .{{1,300}}"
            rf"|(?:please note:? )?this (?:{_WORK}|is)(?: (?:has been|was|is|not))? (?:submitted"
            rf"|written|uploaded|contributed|an example of) .{{1,250}}"
            rf"|you can (?:view|see|read) (?:samples|examples|more) .{{1,150}}"
            rf"|(?:any|the) (?:opinions|views)\b.{{1,80}}\bexpressed\b.{{1,250}}"
            rf"|if you (?:are|were) the (?:original )?(?:writer|author|owner) .{{1,300}}"
            r"|(?:request (?:the )?removal|dmca|report (?:this|a)\b).{0,80}",
        ),
        "advertising": (
            ClutterKind.LINE,
            r"advertisements?|advertising|sponsored(?: (?:content|links?|post))?"
            r"|(?:article|story|text) continues (?:below|after).{0,40}|scroll (?:down )?to continue"
            r"|(?:report|remove|skip|hide) (?:this )?ads?",
        ),
        "picture credit": (
            ClutterKind.LINE,
            r"(?:image|photo(?:graph)?|picture|illustration)s?"
            r"(?: (?:credit|source|courtesy|by|via)s?(?: of)?)? ?: ?.{1,80}"
            r"|(?:image|photo(?:graph)?|picture)s? (?:credit|source|courtesy|via)s?\b.{0,80}"
            r"|(?:click|tap) to (?:enlarge|zoom|expand)(?: .{0,30})?",
        ),
    }
)
"""By name: where a line that matches goes, and what the whole line must be, in any case,
with any bullet or arrow before it and any closing punctuation or arrow after it."""

MAX_CLUTTER_CHARS = 500
"""Longer lines are running text."""
_START = r"[\s•·*✓✔✅☑»›→←<>|+#–—-]*"
_END = r"[\s.!?…:*→»›>]*"


@lru_cache(maxsize=1)
def _compile() -> tuple[tuple[ClutterKind, re.Pattern[str]], ...]:
    return tuple(
        (kind, re.compile(rf"{_START}(?:{pattern}){_END}", re.IGNORECASE))
        for kind, pattern in RULES.values()
    )


def find_clutter(line: str) -> ClutterKind | None:
    """Return what kind of clutter a line is; none if it may be the essay's.

    A line made of several sentences is clutter if each of them is.

    >>> find_clutter("Join now!")
    <ClutterKind.LINE: "never the essay's own, wherever it stands">
    >>> find_clutter("He told them to join now!") is None
    True
    """
    if len(line) > MAX_CLUTTER_CHARS:
        return None
    kinds = list(_find_kinds(line))
    return kinds[0] if kinds and None not in kinds else None


def _find_kinds(line: str) -> Iterator[ClutterKind | None]:
    for part in (line, *re.split(r"(?<=[.!?])\s+", line)):
        found = next((kind for kind, rule in _compile() if rule.fullmatch(part)), None)
        if part is line:
            if found:
                yield found
                return
        else:
            yield found
