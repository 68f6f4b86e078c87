"""`funnel` from end to end: teams against the whole, worked out by hand, and its screen at every width."""

import csv
import json
from io import StringIO
from pathlib import Path

import pytest
from rich.cells import cell_len

from tests.cli.test_compute import DECIDED, RECEIVED, TABLE
from tests.support.program import run, run_process

# Of 100 cases each, 34, 50, 66 in time: together 150 of 300, so that half is the whole and s = 0.05. Five more cases
# of East (1 in time), and ten without a team (all in time), make it 161 of 315: 51.1%, s = 0.049988.
TEAMS = {"North": (34, 100), "South": (50, 100), "West": (66, 100), "East": (1, 5), "": (10, 10)}


def rows(month: str, teams: dict[str, tuple[int, int]]) -> list[str]:
    return [
        f"{team}{month}{number},{month}-05 09:00,{month}-{'05' if number < met else '09'} 10:00,{team}"
        for team, (met, of) in teams.items()
        for number in range(of)
    ]


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """February as above; January with two teams; an extract of 4 March, with an open contact of that day."""
    definitions = {"tables/contacts.yaml": TABLE, "decided.yaml": DECIDED, "received.yaml": RECEIVED}
    definitions["alone.yaml"] = DECIDED.replace("by: [team]\n", "")
    for name, text in definitions.items():
        path = tmp_path / "indicators" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    (tmp_path / "data").mkdir()
    january = rows("2019-01", {"North": (1, 20), "South": (19, 20)})
    march = ["m1,2019-03-01 09:00,2019-03-01 10:00,North", "m2,2019-03-04 06:00,,South"]
    lines = ["contact_id,received_at,decided_at,team", *rows("2019-02", TEAMS), *january, *march]
    (tmp_path / "data" / "contacts.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")
    (tmp_path / "data" / "extract.toml").write_text("extracted_at = 2019-03-04T07:00:00\n", encoding="utf-8")
    (tmp_path / "sgkpi.toml").write_text('data = "data"\ncatalogue = "indicators"\n', encoding="utf-8")
    return tmp_path


def funnel(project: Path, *arguments: str) -> dict[str, object]:
    ran = run("funnel", "decided", "--by", "team", *arguments, "--json", cwd=project)
    assert ran.code == 0, ran.stderr
    return json.loads(ran.stdout)  # type: ignore[no-any-return]


KEYS = [
    *("indicator", "period_kind", "period", "breakdown", "category", "met", "judged", "value", "pooled"),
    *("lower95", "upper95", "lower998", "upper998", "flag"),
]


class TestData:
    def test_the_rows(self, project: Path) -> None:
        answer = funnel(project, "--month", "2019-02")
        assert answer["schema"] == "sgkpi.funnel/1"
        assert answer["expected_beyond"] == 0.15  # 0.05 of three
        found: list[dict[str, object]] = answer["funnel"]  # type: ignore[assignment]
        assert all(list(row) == KEYS for row in found)
        assert [(row["category"], row["met"], row["judged"], row["flag"]) for row in found] == [
            ("East", 1, 5, "not_judged"),
            ("North", 34, 100, "far_below"),  # 0.34 < 0.5111 - 3.0902 * 0.049988 = 0.3566
            ("South", 50, 100, "within"),
            ("West", 66, 100, "above"),  # 0.66 > 0.5111 + 1.96 * 0.049988 = 0.6091, and < 0.6656
            ("(not recorded)", 10, 10, "not_judged"),
        ]
        north = found[1]
        limits = [north[name] for name in ("pooled", "lower95", "upper95", "lower998", "upper998")]
        assert limits == pytest.approx([161 / 315, 0.413137, 0.609086, 0.356638, 0.665584], abs=1e-6)
        assert [found[0][name] for name in KEYS[7:13]] == [0.2, None, None, None, None, None]

    def test_a_funnel_needs_three(self, project: Path) -> None:
        answer = funnel(project, "--month", "2019-01")
        assert {row["flag"] for row in answer["funnel"]} == {"not_judged"}  # type: ignore[attr-defined]
        assert answer["expected_beyond"] == 0

    def test_a_longer_period(self, project: Path) -> None:
        # January and February, and nothing yet of March: the quarter has not ended
        found = funnel(project, "--month", "2019-02", "--period", "rolling_12_months")["funnel"]
        assert [row["judged"] for row in found] == [5, 120, 120, 100, 10]  # type: ignore[attr-defined]
        assert {row["period"] for row in found} == {"2018-03 to 2019-02"}  # type: ignore[attr-defined]

    @pytest.mark.parametrize("engine", ["duckdb", "reference"])
    def test_an_unsettled_period_is_not_judged(self, project: Path, engine: str) -> None:
        answer = funnel(project, "--month", "2019-02", "--period", "quarter", "--engine", engine)
        found: list[dict[str, object]] = answer["funnel"]  # type: ignore[assignment]
        assert answer["settled"] is False
        assert {row["flag"] for row in found} == {"not_judged"}
        assert [(row["met"], row["judged"]) for row in found][1:4] == [(36, 121), (69, 120), (66, 100)]
        assert found[3]["value"] == 0.66
        assert (found[3]["pooled"], found[3]["lower95"]) == (None, None)

    def test_as_csv(self, project: Path) -> None:
        ran = run("funnel", "decided", "--by", "team", "--month", "2019-02", "--csv", cwd=project)
        found = list(csv.DictReader(StringIO(ran.stdout)))
        assert list(found[0]) == KEYS
        assert found[0]["pooled"] == ""
        assert found[1]["flag"] == "far_below"

    @pytest.mark.parametrize("name", ["teams.md", "teams.parquet", "teams.xlsx"])
    def test_in_every_other_format(self, project: Path, name: str) -> None:
        ran = run("funnel", "decided", "--by", "team", "--month", "2019-02", "-o", name, cwd=project)
        assert (ran.code, (project / name).stat().st_size > 0) == (0, True)
        if name == "teams.md":
            assert "| North | 34 | 100 | 34.0% | 51.1% | 41.3% |" in (project / name).read_text(encoding="utf-8")


class TestScreen:
    def test_a_line_a_team_in_declared_order(self, project: Path) -> None:
        ran = run("funnel", "decided", "--by", "team", "--month", "2019-02", cwd=project)
        lines = ran.stdout.splitlines()
        assert "All together: 51.1%, 161/315." in lines
        at = next(place for place, line in enumerate(lines) if line.startswith("East"))
        assert [line.split()[0] for line in lines[at : at + 5]] == ["East", "North", "South", "West", "(not"]
        ends = ["not judged", "far below: worse", "within", "above: better", "not judged"]
        assert all(line.endswith(end) for line, end in zip(lines[at : at + 5], ends, strict=True))
        assert "Of 3 categories, chance alone would put 0.2 beyond the 95% limits." in ran.stdout  # 0.15, half up
        assert "rank" not in ran.stdout

    def test_where_the_marks_stand(self, project: Path) -> None:
        """From 30% to 70% on 50 places: 34.0% on 5, all (51.11%) on 26, 95% on 14 to 38, 99.8% on 7 to 45."""
        ran = run("funnel", "decided", "--by", "team", "--month", "2019-02", cwd=project)
        (north,) = (line for line in ran.stdout.splitlines() if line.startswith("North"))
        drawn = north.partition("34/100  ")[2][:50]
        plain = drawn.translate(str.maketrans("●│─·", "O|-:"))
        assert plain == f"{' ' * 5}O {':' * 7}{'-' * 12}|{'-' * 12}{':' * 7}    "

    @pytest.mark.parametrize(("in_time", "ends"), [(10, ("95%", "100%")), (0, ("0%", "5%"))])
    def test_the_scale_is_of_shares(self, project: Path, in_time: int, ends: tuple[str, str]) -> None:
        """All teams are at one end, and their limits with them."""
        path = project / "data" / "contacts.csv"
        text = path.read_text("utf-8") + "\n".join(rows("2018-12", dict.fromkeys("ABC", (in_time, 10)))) + "\n"
        path.write_text(text, "utf-8")
        lines = run("funnel", "decided", "--by", "team", "--month", "2018-12", cwd=project).stdout.splitlines()
        assert tuple(next(line.split() for line in lines if line.startswith("   "))) == ends

    @pytest.mark.parametrize("width", [40, 60, 80, 120])
    def test_at_every_width(self, project: Path, width: int) -> None:
        ran = run("funnel", "decided", "--by", "team", "--month", "2019-02", "--width", str(width), cwd=project)
        lines = ran.stdout.splitlines()
        assert max(map(cell_len, lines)) <= width
        assert any(line.startswith("North") and "34.0%" in line for line in lines) is (width >= 60)
        assert "far below: worse" in ran.stdout

    def test_in_a_code_page_without_marks(self, project: Path) -> None:
        ran = run_process("funnel", "decided", "--by", "team", "--month", "2019-02", cwd=project, encoding="cp1252")
        assert ran.code == 0
        assert "O value   | all: 51.1%" in ran.stdout
        assert "?" not in ran.stdout

    def test_colour_is_never_all(self, project: Path) -> None:
        ran = run("funnel", "decided", "--by", "team", "--month", "2019-02", cwd=project)
        assert "\x1b" not in ran.stdout

    def test_in_plain_words(self, project: Path) -> None:
        ran = run("funnel", "decided", "--by", "team", "--month", "2019-02", "--plain", cwd=project)
        assert "North: 34.0%, 34/100, far below: worse, 95% limits 41.3% to 60.9%\n" in ran.stdout
        assert "East: 20.0%, 1/5, not judged\n" in ran.stdout

    def test_too_early(self, project: Path) -> None:
        ran = run("funnel", "decided", "--by", "team", "--month", "2019-03", cwd=project)
        assert ran.code == 0
        assert "Too early to compare: the period could still change." in ran.stdout
        assert "Lowest" in ran.stdout

    def test_too_few(self, project: Path) -> None:
        ran = run("funnel", "decided", "--by", "team", "--month", "2019-01", cwd=project)
        assert "Not compared: fewer than 3 categories have 10 cases or more; a longer --period has more." in ran.stdout


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (["received", "--by", "team"], 2, "received is a count, and a funnel compares proportions"),
        (["decided"], 2, "--by: name the breakdown whose categories are to be compared; decided has team"),
        (["decided", "--by", "team,team2"], 2, "a funnel is of one breakdown, not of 2 breakdowns; decided has team"),
        (["decided", "--by", "team*team"], 2, "a funnel is of one breakdown, not of 'team*team'; decided has team"),
        (["decided", "--by", "all"], 2, "--by: a funnel is of one breakdown, not of 'all'; decided has team"),
        (["decided", "--by", "tem"], 2, "--by: no breakdown 'tem'; did you mean 'team'?\n"),
        (["alone", "--by", "team"], 2, "alone has no breakdown, so there is nothing to compare"),
        (["decided", "--by", "team", "--month", "2019-01,2019-02"], 2, "--month: give one month, not 2"),
        (["decided", "--by", "team", "--period", "month,quarter"], 2, "funnel is of one period; give one kind, not 2"),
        (["decided", "--by", "team", "--period", "week"], 2, "--period: no kind of period 'week'"),
        (["nothing", "--by", "team"], 10, "no indicator 'nothing'"),
    ],
)  # fmt: skip
def test_what_has_no_funnel(project: Path, arguments: list[str], code: int, said: str) -> None:
    ran = run("funnel", *arguments, cwd=project)
    assert (ran.code, ran.stdout) == (code, "")
    assert said in ran.stderr
