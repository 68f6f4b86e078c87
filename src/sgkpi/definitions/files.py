"""Models of the two kinds of definition file, tables and indicators.

Each validates one file by itself; `checks` finds out whether the columns that it names exist.
"""

from collections.abc import Mapping
from typing import Annotated, Any, ClassVar, Literal, TypeVar

from pydantic import BaseModel, ConfigDict, Discriminator, Field, Tag, WithJsonSchema

from sgkpi.definitions import fields as f
from sgkpi.model.indicator import Improvement
from sgkpi.model.problems import Severity

ANY_KEY = "*"
Short = TypeVar("Short")
Full = TypeVar("Full")
_CELLS = WithJsonSchema(
    {
        "type": "object",
        "properties": {
            "times": {
                "description": "How many such rows there are, each with a key of its own.",
                "type": "integer",
                "minimum": 1,
                "maximum": 1000,
            }
        },
        "additionalProperties": {"type": ["string", "number", "boolean", "null"]},
    }
)


class FileModel(BaseModel):
    """A mapping in a definition file; unknown keys are refused.

    `parts` are the models of the mappings below its keys, or below any key, whose keys are suggested for unknown ones;
    `placeholders` stand in for required keys that are missing, so that the rest can be checked.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)
    parts: ClassVar[Mapping[str, "type[FileModel]"]] = {}
    placeholders: ClassVar[Mapping[str, Any]] = {}


class ColumnFile(FileModel):
    """A column of a table."""

    type: f.ColumnKind = Field(description="The type of the column's values.")
    names: f.Texts = Field((), description="Other headers under which the column arrives.")
    codes: f.Codes | None = Field(None, description="Each code of a category, or yes and no, with its spellings.")
    required: f.Flag = Field(False, description="Whether the column must be there; its blank cells are then reported.")
    planned: f.Flag = Field(False, description="Whether the date may lie in the future.")
    current: f.Flag = Field(False, description="Whether the column holds the latest state, and no history.")
    midnight: f.Flag = Field(False, description="Whether 00:00:00 is a time of day, and not the lack of one.")
    with_time: f.Text | None = Field(None, description="The column that holds the time of day of this one's day.")
    may_be_empty: f.Flag = Field(False, description="Whether the column may be wholly blank, without a warning.")
    description: f.FreeText = Field("", description="The meaning of the column, in plain English.")
    label: f.FreeText = Field("", description="What people read in place of the column's name.")
    labels: dict[f.Text, f.Text] = Field({}, description="What people read in place of codes, by code.")


class RuleFile(FileModel):
    """A rule with a severity; one written as text alone is a warning."""

    check: f.ExpressionText = Field(description="The condition that every row should satisfy.")
    severity: f.SeverityText = Field(Severity.WARNING, description="The severity if a row does not.")


def _shape(value: object) -> str:
    return "text" if isinstance(value, str) else "mapping"


# A value that may be written as text alone.
_TextOr = Annotated[Annotated[Short, Tag("text")] | Annotated[Full, Tag("mapping")], Discriminator(_shape)]


class NamedFile(FileModel):
    """A name that a table's file may have, and what such a file holds."""

    name: f.Text = Field(description="The name, without the ending.")
    latest: f.Flag = Field(False, description="Whether such a file holds the latest row of each person, and no other.")


class TableFile(FileModel):
    """A case-level table: `tables/NAME.yaml`."""

    parts = {"columns": ColumnFile, "rules": RuleFile, "files": NamedFile}
    placeholders = {"columns": {"_": {"type": "text"}}}

    description: f.FreeText = Field("", description="The meaning of one row, in plain English.")
    label: f.FreeText = Field("", description="What people read in place of the table's name: its rows, in the plural.")
    key: f.Words = Field((), description="The column, or columns, that tell one case from another.")
    person: f.Word | None = Field(None, description="The column with the pseudonymous person, for joining tables.")
    happened: f.Word | None = Field(None, description="The column with the moment from which the row exists.")
    recorded: f.Word | None = Field(None, description="The column with the moment at which the row was entered.")
    version: f.Word | None = Field(
        None,
        description="Of rows that share a key, only the greatest by this column count; file for the later file.",
    )
    files: f.Many[_TextOr[f.Text, NamedFile]] = Field(
        (), description="Names that this table's file may have, without the ending."
    )
    blanks: f.Texts = Field((), description="Further spellings of an empty cell.")
    waive: dict[f.Text, f.Text] = Field({}, description="Findings of check that are accepted, by code, each with why.")
    columns: dict[f.Name, ColumnFile] = Field(min_length=1, description="The columns, each with its type.")
    rules: dict[f.Name, _TextOr[f.ExpressionText, RuleFile]] = Field(
        {}, description="Conditions that every row should satisfy, by name."
    )


class PointInTimeFile(FileModel):
    """The days on which a case is open."""

    start: f.Word = Field(alias="from", description="The column with the first day on which the case is open.")
    end: f.Word = Field(alias="to", description="The column with the first day on which it is no longer open.")


class ClockFile(FileModel):
    """A time limit from start to stop, or a due moment."""

    start: f.ExpressionText | None = Field(
        None, description="The column, or an expression, with which the time begins."
    )
    stop: f.ExpressionText | None = Field(None, description="The column, or an expression, with which it ends.")
    within: f.TimeLimit | None = Field(None, description="The time allowed, such as 24 hours or 1 working day.")
    due: f.ExpressionText | None = Field(None, description="An expression: the date or moment at which it is due.")


class RelatedFile(FileModel):
    """Rows of another table that belong to a case."""

    table: f.Word = Field(description="The table that holds the rows.")
    keep: f.KeepText = Field(description="Which rows are kept.")
    date: f.Word | None = Field(None, description="The column by which rows are found or counted.")
    start: f.Word | None = Field(
        None, alias="from", description="For active and count: the column with a spell's first day."
    )
    end: f.Word | None = Field(
        None, alias="to", description="For active and count: the column with the first day after a spell."
    )
    until: f.ExpressionText | None = Field(
        None,
        description="A date of the case or of related rows above, an expression, or as_of: later rows do not count.",
    )
    after: f.ExpressionText | None = Field(None, description="A date or expression, as until: only later rows count.")
    since: f.ExpressionText | None = Field(
        None, description="In place of after, with its own day or moment: earlier rows do not count."
    )
    within: f.TimeLimit | None = Field(None, description="For count: how far back from until rows or spells count.")
    looks_back: f.TimeLimit | None = Field(
        None, description="How far before the period its rows matter: coverage reaches back as far."
    )
    where: f.ExpressionText | None = Field(None, description="A condition on the rows.")
    on: f.Word | None = Field(None, description="The column by which to join, if not the person.")
    merge: Literal["adjacent"] | None = Field(
        None, description="For active: adjacent joins spells that follow on one another."
    )
    label: f.FreeText = Field("", description="What people read in place of the name.")


_Bounds = Annotated[
    Annotated[f.Word, Tag("text")] | Annotated[tuple[f.Number, ...], Tag("list")],
    Discriminator(lambda value: "text" if isinstance(value, str) else "list"),
]


class BandsFile(FileModel):
    """A number broken down by bands."""

    value: f.ExpressionText = Field(description="The expression that gives the number.")
    bands: _Bounds = Field(
        (), description="The lower bounds of the bands, in ascending order, or the name of bands in shared.yaml."
    )


class BoundsFile(FileModel):
    """The bounds of a target."""

    green: f.Bound = Field(description="The bound for GREEN, such as 95%.")
    amber: f.Bound | None = Field(None, description="The bound for AMBER; may be left out.")
    set_by: f.SetByText | None = Field(None, description="Who set the target: local or national.")


class RebaseFile(FileModel):
    """A month with which a new phase of the control chart begins."""

    since: f.MonthText = Field(alias="from", description="The first month of the new phase.")
    reason: f.Text = Field(description="Why earlier months are no measure of later ones.")


class BaselineFile(FileModel):
    """The months that make the control limits."""

    first: f.MonthText = Field(alias="from", description="The first month of the baseline.")
    last: f.MonthText = Field(alias="to", description="The last month of the baseline.")


class AnswersFile(FileModel):
    """The parts of an inspection that an indicator answers."""

    paragraphs: f.Ordinals = Field((), description="The paragraphs of the inspection's report.")
    points: f.Ordinals = Field((), description="The points of the inspection's board.")


class ExampleFile(FileModel):
    """A small case and the outcome that it must have; further keys are tables with a row or a list of rows."""

    model_config = ConfigDict(extra="allow", frozen=True)
    __pydantic_extra__: dict[str, f.Many[Annotated[dict[str, str], _CELLS]]]

    outcome: f.Word = Field(
        alias="is", description="The outcome that the case must have; none for a case that has none."
    )
    because: f.Word | None = Field(None, description="The reason that it must have.")
    as_of: f.Timestamp | None = Field(
        None, description="The as-of time; a year after the latest date given, if left out."
    )
    reference_day: f.Day | None = Field(None, description="The reference day, for a stock.")


def _target_shape(value: object) -> str:
    """A target is either one pair of bounds, or pairs by month."""
    dated = isinstance(value, dict) and value and all(str(key)[:1].isdigit() for key in value)
    return "dated" if dated else "pair"


_Target = Annotated[
    Annotated[BoundsFile, Tag("pair")] | Annotated[dict[f.MonthText, BoundsFile], Tag("dated")],
    Discriminator(_target_shape),
]


class IndicatorFile(FileModel):
    """An indicator: `ID.yaml`."""

    parts = {
        "point_in_time": PointInTimeFile,
        "clock": ClockFile,
        "related": RelatedFile,
        "by": BandsFile,
        "target": BoundsFile,
        "rebase": RebaseFile,
        "baseline": BaselineFile,
        "answers": AnswersFile,
    }
    placeholders = {"title": "?", "table": "?", "measure": "count"}

    title: f.Text = Field(description="The title of the indicator.")
    question: f.FreeText = Field("", description="The question that it answers, in plain English.")
    theme: f.FreeText = Field("", description="The theme under which it is listed.")
    table: f.Word = Field(description="The table whose rows are the cases.")
    period: f.Word | None = Field(
        None, description="A flow: the column whose moment places a case in a period, or due."
    )
    point_in_time: PointInTimeFile | None = Field(None, description="A stock: cases open on the reference day.")
    population: f.ExpressionText | None = Field(None, description="The condition for a case to be looked at at all.")
    exclude: dict[f.Name, f.ExpressionText] = Field({}, description="Named conditions that leave a case out, in order.")
    related: dict[f.Name, RelatedFile] = Field({}, description="Rows of other tables, each under a name of its own.")
    measure: f.MeasureText = Field(description="The kind of value.")
    clock: ClockFile | None = Field(None, description="The time allowed, from a start to a stop.")
    met: f.ExpressionText | None = Field(None, description="The condition for a case to count as met.")
    value: f.ExpressionText | None = Field(
        None, description="The number of a case, for mean, median, maximum and ratio."
    )
    per: f.ExpressionText | None = Field(None, description="For ratio: the number whose sum divides that of value.")
    unit: f.UnitText | None = Field(None, description="How people read a mean, median, maximum or ratio.")
    not_due: f.ExpressionText | None = Field(None, description="The condition for a case not to be due yet.")
    because: dict[f.Name, f.ExpressionText] = Field(
        {}, description="Named reasons for not met and overdue, in order; for met where improvement is decrease."
    )
    by: f.Many[_TextOr[f.Word, dict[f.Name, _TextOr[f.ExpressionText, BandsFile]]]] = Field(
        (), description="Breakdowns."
    )
    improvement: f.ImprovementText = Field(Improvement.NONE, description="Which way is better.")
    target: _Target | None = Field(None, description="Bounds for GREEN and AMBER: one pair, or a pair by first month.")
    settles_after: f.DayCount | None = Field(
        None, description="The days after a period in which late records still change its figure, such as 10 days."
    )
    rebase: f.Many[RebaseFile] = Field(
        (), description="The months with which new phases of the control chart begin, each with the reason."
    )
    baseline: BaselineFile | None = Field(None, description="The months that make the control limits of their phase.")
    answers: AnswersFile | None = Field(None, description="The paragraphs and points of an inspection that it answers.")
    basis: f.Texts = Field((), description="The sources of the indicator: regulation, guidance, report.")
    owner: f.FreeText = Field("", description="The person or team that answers for the figures.")
    review_by: f.Day | None = Field(None, description="The day by which the definition should be reviewed.")
    examples: f.Many[ExampleFile] = Field((), description="Small cases with the outcome that each must have.")
