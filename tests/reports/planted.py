"""A page with mistakes, each of which a check must find: finding none in other pages means something then."""

import re
from base64 import b64encode
from collections.abc import Iterator
from hashlib import sha256

from sgkpi.documents.write.html.write import write_page
from tests.support.pages import sample_page

NAME = "planted.html"
# What is changed in a sound page, to what, and the words of the fault that must be found. "\n</style>" is its end.
_MISTAKES = (
    ("--soft:#505a5f", "--soft:#b5b5b5", "1280 px: axe: color-contrast"),
    ('<html lang="en-GB">', "<html>", "axe: html-has-lang"),
    (".strong{font-weight:bold;font-size:15px}", ".strong{font-size:9px}", "320 px: text of 9 px in a chart"),
    ('class="axis" x="-8" y="138"', 'class="axis" x="-8" y="86"', "labels overlap in Contacts decided"),
    ("\n</style>", "\n.of-target{letter-spacing:2em}\n</style>", "a label leaves the page in Contacts decided"),
    ("<main>", '<main><div class="broad">x</div>', "px wide in a window of 390"),
    ("svg text,svg .axis,svg .label{", "svg .none{", "forced colours: fill of axis is"),
    ("max-width:calc(100vw - 1.8rem)", "", "320 px: a caption leaves the page"),
    ("</main>", "<img alt='' src='x.png'></main>", "console: "),
    ("\n</style>", "\n.broad{width:2000px}\n</style>", "px wide in a window of 320"),
    ("\n</style>", "\n.glance tbody th{white-space:nowrap;font-size:2rem}\n</style>", "text leaves its cell"),
    ("\n</style>", "\n@media print{h4{break-after:page}}\n</style>", "printed: sheet"),
    ("\n</style>", "\n@media print{.glance{display:none}}\n</style>", "lacks ['"),
    (
        "\n</style>",
        "\n@media print{.indicator+.indicator{break-before:avoid!important}}\n</style>",
        "has two indicators",
    ),
    ("size:A4", "size:A5", "not A4"),
)


def planted_html() -> bytes:
    """Return the page of the sample with every mistake, and the policy of its own style sheet."""
    html = write_page(sample_page()).decode()
    for before, after, _ in _MISTAKES:
        if before not in html:
            raise ValueError(f"the page has no {before!r}")
        html = html.replace(before, after, 1)
    style = re.search("<style>(.*?)</style>", html, re.DOTALL)
    digest = b64encode(sha256(style[1].encode() if style else b"").digest()).decode()
    return re.sub("'sha256-[^']+'", lambda _: f"'sha256-{digest}'", html, count=1).encode()


def overlooked(faults: list[str]) -> Iterator[str]:
    """Yield the mistakes that none of the faults is about."""
    own = [fault for fault in faults if fault.startswith(NAME)]
    for _, _, words in _MISTAKES:
        if not any(words in fault for fault in own):
            yield f"a planted mistake was not found: {words}"
