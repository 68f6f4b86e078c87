"""A page of a report with every kind of block, cell and mark, to write and to read back."""

from collections.abc import Iterable
from dataclasses import replace
from fractions import Fraction

from sgkpi.documents.report.page import (
    Bar,
    ChartPoint,
    Column,
    Commentary,
    Event,
    Fact,
    Facts,
    Fold,
    Headline,
    Limits,
    Line,
    Listing,
    Mark,
    MonthsChart,
    Page,
    Paragraph,
    Point,
    Points,
    PointState,
    Section,
    Signal,
    Sparkline,
    Table,
    Tag,
    Tally,
    Tone,
    Words,
)
from sgkpi.figures.figure import Rating
from sgkpi.model.periods import Month

FEBRUARY = Month(2019, 2)
# Names of teams and categories as an extract may hold them; the last is not one that Markdown leaves as it is.
HOSTILE = [
    "<script>alert(1)</script>",
    '"><svg onload="alert(1)">',
    "{{7*7}}",
    "{% raw %}",
    "x" * 300,
    "\u202eevil\u202c",
    "nul\x00nul",
    "👩‍👧",
    "two\nlines",
    "</style><style>*{display:none}",
    "=cmd|' /C calc'!A0",
    "https://example.org/?q='&\"",
    "\ud800 lone",
    "&lt;&amp;",
]
_MONTH_NAMES = (
    *("January", "February", "March", "April", "May", "June", "July", "August", "September", "October"),
    *("November", "December"),
)
_DECIDED = (
    *(None, None, 885, 889, 882, 891, 879, 886, 884, 880, 873, 878, 869, 872),
    *(866, 861, 868, 858, 852, 847, 838, 826, 812, 790),
)
_HELD = (
    *(52, 61, 58, 66, 73, 70, 81, 84, 90, 97, None, 104),
    *(111, 118, 115, 121, 126, 133, 140, 151, 162, 174, 189, 211),
)
_TITLES = {
    "contacts_decided_24h": "Contacts decided within 24 hours",
    "health_passports_held": "Care leavers who hold a health passport",
    "care_leavers_in_bnb": "Care leavers in bed and breakfast",
}


def month_words(month: Month) -> str:
    return f"{_MONTH_NAMES[month.month - 1]} {month.year}"


def _points(thousandths: Iterable[int | None], target: Fraction) -> list[ChartPoint]:
    found = []
    listed = list(thousandths)
    for k, each in enumerate(listed):
        value = None if each is None else Fraction(each, 1000)
        state = PointState.NOT_COVERED if value is None else PointState.VALUE
        month = FEBRUARY.plus(k + 1 - len(listed))
        shown = "–" if value is None else f"{float(100 * value):.1f}%"
        dated = target if k >= len(listed) - 11 else target - Fraction(5, 100)
        found.append(ChartPoint(month, state, value, shown, settled=True, ended=True, target=dated))
    return found


def decided_points() -> list[ChartPoint]:
    points = _points(_DECIDED, Fraction(9, 10))
    limits = Limits(Fraction(865, 1000), Fraction(841, 1000), Fraction(889, 1000))
    points[2:] = [replace(each, limits=limits) for each in points[2:]]
    points[6] = replace(points[6], much_unknown=True)
    points[-3:-1] = [replace(each, signal=Signal.WORSE) for each in points[-3:-1]]
    last = points[-1]
    points[-1] = replace(
        last, settled=False, ended=False, limits=None, lowest=Fraction(74, 100), highest=Fraction(85, 100)
    )
    return points


def held_points() -> list[ChartPoint]:
    points = _points(_HELD, Fraction(1))
    points[10] = replace(points[10], state=PointState.NO_CASES)
    points[22] = replace(points[22], state=PointState.SUPPRESSED, value=None, shown="[c]")
    points[-1] = replace(points[-1], signal=Signal.BETTER)
    return [replace(each, target=None) if k < 4 else each for k, each in enumerate(points)]


def bnb_points() -> list[ChartPoint]:
    numbers = (4, 3, 5, 4, 4, 3, 2, 3, 4, 3, 3, 3)
    found = [
        ChartPoint(
            FEBRUARY.plus(k - 11), PointState.VALUE, Fraction(n), str(n), settled=True, ended=True, target=Fraction(0)
        )
        for k, n in enumerate(numbers)
    ]
    found[5], found[7] = replace(found[5], signal=Signal.HIGHER), replace(found[7], signal=Signal.LOWER)
    return found


def twin(caption: str, points: Iterable[ChartPoint]) -> Table:
    listed = list(points)
    return Table(
        f"{caption}: the months of the chart",
        (
            Column("Month", tuple(Words(month_words(each.month)) for each in listed)),
            Column("Value", tuple(Words(each.shown) for each in listed), right=True, dash="see Status"),
            Column("Target", tuple(Words("90%" if each.target else "–") for each in listed), True, dash="no target"),
            Column("Rating", tuple(Tag(Rating.RED if each.value else Rating.NOT_RATED) for each in listed)),
            Column("Status", tuple(Words(each.state.value.replace("_", " ")) for each in listed)),
            Column("Signal", tuple(Words(each.signal.value if each.signal else "none") for each in listed)),
        ),
        wide=True,
        folds=True,
    )


def chart(id_: str, points: list[ChartPoint], *, is_share: bool = True, events: tuple[Event, ...] = ()) -> MonthsChart:
    first, last = month_words(points[0].month), month_words(points[-1].month)
    caption = f"{_TITLES[id_]}, {first} to {last}"
    signals = {each.signal for each in points if each.signal}
    states = {each.state for each in points}
    key = [(Mark.VALUE, "Value"), (Mark.TARGET, "Target")]
    key += [(Mark.NOT_SETTLED, "Not settled")] if any(not each.settled for each in points) else []
    key += [(Mark.REACH, "What it could still become")] if any(each.lowest for each in points) else []
    key += [(Mark.LIMITS, "Mean and limits of chance")] if any(each.limits for each in points) else []
    key += [(mark, f"{mark.value.capitalize()} than chance explains") for mark in Mark if mark.value in signals]
    key += [(mark, words) for mark, words in _GAPS if mark.value in states]
    key += (
        [(Mark.MUCH_UNKNOWN, "more than a tenth could not be judged")]
        if any(each.much_unknown for each in points)
        else []
    )
    described = (
        f"{points[0].shown} in {first}, {points[-1].shown} in {last}. The same numbers stand in the table below."
    )
    return MonthsChart(
        f"{id_}-chart",
        caption,
        described,
        tuple(points),
        is_share,
        tuple(key),
        twin(_TITLES[id_], points),
        "Target 90%" if is_share else "Target 0",
        events,
    )


_GAPS = (
    (Mark.NOT_COVERED, "not covered by the extract"),
    (Mark.NO_CASES, "no cases"),
    (Mark.SUPPRESSED, "hidden, as the number is small"),
)


def breakdown(team: str) -> Table:
    rows = [
        (team, 684, "13 of 19", "46.0% to 84.6%"),
        ("Family support", 771, "37 of 48", "63.5% to 86.7%"),
        ("Front door", 0, "0 of 3", "0.0% to 56.1%"),
    ]
    interval = {684: (Fraction(46, 100), Fraction(846, 1000)), 771: (Fraction(635, 1000), Fraction(867, 1000)), 0: None}
    return Table(
        "Contacts decided within 24 hours by team, February 2019, the worst first",
        (
            Column("Team", tuple(Words(name, ("fewer than 10 cases",) if not n else ()) for name, n, _, _ in rows)),
            Column("Value", tuple(Words(f"{n / 10:.1f}%", (cases,)) for _, n, cases, _ in rows), right=True),
            Column(
                "Bar, 95% interval, target",
                tuple(Bar(Fraction(n, 1000), Fraction(1), Fraction(9, 10), interval[n]) for _, n, _, _ in rows),
                kept=False,
            ),
            Column("Rating", tuple(Tag(Rating.RED) for _ in rows)),
            Column("95% interval", tuple(Words(words) for *_, words in rows), right=True, kept=False),
        ),
    )


def at_a_glance(theme: str, ids: Iterable[str]) -> Table:
    listed = list(ids)
    ratings = {
        "contacts_decided_24h": Rating.RED,
        "health_passports_held": Rating.AMBER,
        "care_leavers_in_bnb": Rating.NOT_RATED,
    }
    values = {
        "contacts_decided_24h": ("79.0%", "395 of 500"),
        "health_passports_held": ("21.1%", "30 of 142"),
        "care_leavers_in_bnb": ("3", ""),
    }
    sparks = {
        "contacts_decided_24h": tuple(each.value for each in decided_points()[-12:]),
        "health_passports_held": tuple(each.value for each in held_points()[-12:]),
        "care_leavers_in_bnb": tuple(each.value for each in bnb_points()),
    }
    return Table(
        f"{theme}, February 2019",
        (
            Column("Indicator", tuple(Words(_TITLES[each], anchor=each) for each in listed)),
            Column(
                "Value",
                tuple(Words(values[each][0], tuple(filter(None, values[each][1:]))) for each in listed),
                right=True,
            ),
            Column("Target", tuple(Words("90% or more") for _ in listed), right=True, kept=False),
            Column("Rating", tuple(Tag(ratings[each], ("could still change",)) for each in listed)),
            Column("Since January", tuple(Words("down 2.2 points", ("worse",)) for _ in listed), right=True),
            Column("Direction", tuple(Words("Getting worse", ("target out of reach",)) for _ in listed), kept=False),
            Column(
                "12 months",
                tuple(Sparkline(sparks[each], "from 86.6% in March 2018 to 79.0%") for each in listed),
                kept=False,
            ),
        ),
    )


def commentary(text: str) -> Commentary:
    actions = Table(
        "Actions",
        (
            Column("What", (Words("Second decision maker on Mondays"), Words("Rota for bank holidays"))),
            Column("Who", (Words("A. Manager"), Words("B. Manager"))),
            Column("By", (Words("18 March 2019"), Words("1 April 2019"))),
            Column("State", (Words("started", ("was due 18 March 2019",)), Words("not started"))),
        ),
    )
    return Commentary(
        "Commentary: Front door service manager, 6 March 2019",
        text,
        ("Written when this figure was 79.4%; it is now 79.0%.",),
        actions,
    )


def indicator(id_: str, blocks: Iterable[object], *, first: bool = False) -> Section:
    return Section(id_, _TITLES[id_], tuple(blocks), is_indicator=True, starts_page=not first)  # type: ignore[arg-type]


def contacts(team: str, text: str) -> Section:
    facts = (
        Fact("Target", "90% or more, Amber from 80%"),
        Fact("Month before", "81.2%: down 2.2 points, worse"),
        Fact("Year to date", "86.1%, Amber"),
        Fact("Direction", "Getting worse: below the limits of chance in December 2018 and January 2019"),
        Fact("As things stand, the target is", "out of reach"),
        Fact("To the next rating", "5 more would make this Amber, 55 more Green"),
        Fact("Open now", "34 open, 31 of them overdue, the oldest by 289 days"),
        Fact("Could not be judged", "6 cases: 3 have no time of day, 3 ended before they began"),
    )
    events = (
        Event("A", Month(2018, 9), "The front door moved to Kingswood"),
        Event("B", Month(2018, 11), "New case management system"),
    )
    return indicator(
        "contacts_decided_24h",
        (
            Paragraph(
                (Line("Of the contacts received in the month, how many had a decision recorded within 24 hours?"),),
                Tone.SOFT,
            ),
            Headline("79.0%", Tag(Rating.RED, ("could still change",)), ("395 of 500", "provisional: 12 not due yet")),
            Facts(facts),
            chart("contacts_decided_24h", decided_points(), events=events),
            breakdown(team),
            Paragraph((Line("No cases: Unknown."),), Tone.SOFT),
            commentary(text),
        ),
        first=True,
    )


TEXT = """Two of three decision makers were on **leave** in the first week.

- The rota now covers Mondays.
- *Police* contacts wait longest.

# Not a heading, <script>alert(1)</script>, ![image](http://example.org/x.png), [link](http://example.org)
"""


def sample_page(team: str = "Assessment", text: str = TEXT, **others: object) -> Page:
    """A page of three indicators; a team's name and a commentary may be anything."""
    passports = indicator(
        "health_passports_held",
        (
            Headline("21.1%", Tag(Rating.AMBER), ("30 of 142",)),
            chart("health_passports_held", held_points()),
            Paragraph((Line("No commentary was written for February 2019."),), Tone.SOFT, printed=False),
        ),
    )
    bnb = indicator(
        "care_leavers_in_bnb",
        (Headline("3", Tag(Rating.NOT_RATED)), chart("care_leavers_in_bnb", bnb_points(), is_share=False)),
    )
    measured = Table(
        "Point 2: what is measured",
        (
            Column("Indicator", (Words(_TITLES["contacts_decided_24h"], anchor="contacts_decided_24h"),)),
            Column("Now", (Words("79.0%", ("provisional",)),), right=True),
            Column("Rating", (Tag(Rating.RED),)),
            Column("Direction", (Words("Getting worse"),)),
        ),
        caption_hidden=True,
    )
    points = Points(
        (
            Point(
                1,
                "The quality of assessments of children's needs",
                ("Assessed: not yet",),
                (Paragraph((Line("Judged by audit."),), Tone.SOFT),),
            ),
            Point(
                2,
                "The timeliness of decision-making at the first point of contact",
                ("Assessed: Amber", "Next: rota, by A. Manager, 30 April 2019"),
                (measured, Paragraph((Line("Cannot be computed from this extract: Referrals decided."),), Tone.SOFT)),
            ),
        )
    )
    sections = (
        Section(
            "brief",
            "In brief",
            (
                Tally(
                    (
                        (0, "Green"),
                        (1, "Amber"),
                        (1, "Red"),
                        (1, "Not rated"),
                        (1234, "with cases that could not be judged"),
                    )
                ),
                Commentary(
                    "Director of children's services, 8 March 2019",
                    "The front door has **slipped** for the eighth month.",
                ),
            ),
            (
                Section(
                    "changed",
                    "What changed since January 2019",
                    (
                        Listing(
                            (
                                Line(
                                    ": 81.2%, now 79.0%; a change that chance alone seldom makes.",
                                    _TITLES["contacts_decided_24h"],
                                    "contacts_decided_24h",
                                ),
                                Line(f"No figure of {team} was restated."),
                            )
                        ),
                    ),
                ),
                Section(
                    "attention",
                    "What needs attention first",
                    (
                        Listing(
                            (
                                Line(
                                    ": 79.0% (395 of 500), Red. 5 more would make this Amber.",
                                    _TITLES["contacts_decided_24h"],
                                    "contacts_decided_24h",
                                ),
                            ),
                            numbered=True,
                        ),
                    ),
                ),
            ),
        ),
        Section("inspection", "The inspection's 13 points", (points,), starts_page=True),
        Section(
            "glance",
            "All indicators at a glance",
            (
                at_a_glance("Help and protection", ["contacts_decided_24h"]),
                at_a_glance("Care leavers", ["health_passports_held", "care_leavers_in_bnb"]),
            ),
            starts_page=True,
        ),
        Section("theme-1", "Help and protection", (), (contacts(team, text),), starts_page=True),
        Section("theme-2", "Care leavers", (), (replace(passports, starts_page=False), bnb), starts_page=True),
        Section(
            "about",
            "About these figures",
            (
                Facts(
                    (
                        Fact("As of", "4 March 2019, 07:00"),
                        Fact("Made again by", "sgkpi report board --month 2019-02", is_code=True),
                    )
                ),
                Fold("Definitions used", tuple(f"{each} 0123456789ab" for each in _TITLES)),
            ),
            starts_page=True,
        ),
    )
    page = Page(
        "South Gloucestershire children's services performance: February 2019",
        "OFFICIAL-SENSITIVE · internal: small numbers are not hidden",
        ("What was known on 4 March 2019 at 07:00.", "Source: case management system, nightly."),
        "1 of 1 red indicators has no commentary yet.",
        sections,
        "No case and no child is named in this report.",
        "sgkpi 1.0.0",
    )
    return replace(page, **others)  # type: ignore[arg-type]


def _series(percents: Iterable[int | None], target: int | None = None, *, states: str = "") -> list[ChartPoint]:
    """Months that end in February 2019; of the `states`, x is not covered, c suppressed, - without a case."""
    listed = list(percents)
    kinds = {"x": PointState.NOT_COVERED, "c": PointState.SUPPRESSED, "-": PointState.NO_CASES}
    marks = states or "".join("x" if each is None else "v" for each in listed)
    return [
        ChartPoint(
            FEBRUARY.plus(k + 1 - len(listed)),
            kinds.get(mark, PointState.VALUE),
            None if percent is None else Fraction(percent, 100),
            "–" if percent is None else f"{percent}.0%",
            settled=True,
            ended=True,
            target=None if target is None else Fraction(target, 100),
        )
        for k, (percent, mark) in enumerate(zip(listed, marks, strict=True))
    ]


def awkward_charts() -> list[MonthsChart]:
    """Charts whose labels have hardly any room."""
    rising = [k % 40 + 60 for k in range(60)]
    wide = [replace(each, lowest=Fraction(10, 100), highest=Fraction(99, 100)) for each in _series([55] * 24, 56)]
    band = Limits(Fraction(99, 100), Fraction(97, 100), Fraction(1))
    listed = {
        "Always 100%": (_series([100] * 24, 100), 24),
        "Always nothing": (_series([0] * 24, 0), 24),
        "One month": (_series([80], 80), 1),
        "Not covered": (_series([None] * 24, 90), 0),
        "Five years": (_series(rising, 90), 60),
        "Fourteen months": (_series(list(range(80, 94)), 90), 3),
        "Every kind of gap": (_series([None, 80, None, 81, None, None], 90, states="xv-vcc"), 6),
        "Two months far apart": (_series([40, *[None] * 22, 41], 41), 2),
        "Two neighbours, then nothing": (_series([90, 10, *[None] * 22], 50), 1),
        "The last two months": (_series([*[None] * 22, 90, 91], 90), 24),
        "A wide reach": (wide, 1),
        "Narrow limits": ([replace(each, limits=band, signal=Signal.BETTER) for each in _series([99] * 24, 100)], 24),
    }
    found = []
    for number, (name, (points, events)) in enumerate(listed.items()):
        letters = tuple(
            Event("ABCDEFGHIJKLMNOPQRSTUVWXYZ"[k % 26], each.month, name) for k, each in enumerate(points[:events])
        )
        target = points[-1].target
        words = "" if target is None else f"Target {int(100 * target)}%"
        found.append(
            MonthsChart(
                *(f"chart-{number}", name, f"{name}.", tuple(points), True, ((Mark.VALUE, "Value"),)),
                *(twin(name, points), words, letters),
            )
        )
    return found
