"""Models of the two kinds of definition file, tables and indicators.

Each validates one file by itself; `checks` finds out whether the columns that it names exist.
"""

from collections.abc import Mapping
from typing import Annotated, Any, ClassVar, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Discriminator, Field, Tag, WithJsonSchema

from sgkpi.definitions.fields import (
    Bound,
    Codes,
    ColumnKind,
    Day,
    ExpressionText,
    Flag,
    FreeText,
    ImprovementText,
    KeepText,
    MeasureText,
    MonthText,
    Name,
    Number,
    SeverityText,
    Text,
    Texts,
    TimeLimit,
    Timestamp,
    Word,
    Words,
    one_or_many,
)
from sgkpi.model.indicator import Improvement
from sgkpi.model.problems import Severity

_CELLS = WithJsonSchema({"type": "object", "additionalProperties": {"type": ["string", "number", "boolean", "null"]}})


class FileModel(BaseModel):
    """A mapping in a definition file; unknown keys are refused."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class ColumnFile(FileModel):
    """A column of a table."""

    type: ColumnKind = Field(description="What kind of value the column holds.")
    names: Texts = Field((), description="Other headers under which the column arrives.")
    codes: Codes | None = Field(None, description="Each code of a category, or yes and no, with its spellings.")
    required: Flag = Field(False, description="Whether the column must be there; its blank cells are then reported.")
    planned: Flag = Field(False, description="Whether the date may lie in the future.")
    current: Flag = Field(False, description="Whether the column holds the latest state, and no history.")
    midnight: Flag = Field(False, description="Whether 00:00:00 is a time of day, and not the lack of one.")
    description: FreeText = Field("", description="What the column says, in plain English.")


class RuleFile(FileModel):
    """A rule with a severity; one written as text alone is a warning."""

    check: ExpressionText = Field(description="The condition that every row should satisfy.")
    severity: SeverityText = Field(Severity.WARNING, description="How much a row that does not matters.")


def _shape(value: object) -> str:
    return "text" if isinstance(value, str) else "mapping"


_Rule = Annotated[Annotated[ExpressionText, Tag("text")] | Annotated[RuleFile, Tag("mapping")], Discriminator(_shape)]


class TableFile(FileModel):
    """A case-level table: `tables/NAME.yaml`."""

    parts: ClassVar[Mapping[str, type[FileModel]]] = {"columns": ColumnFile, "rules": RuleFile}
    placeholders: ClassVar[Mapping[str, Any]] = {"columns": {"_": {"type": "text"}}}

    description: FreeText = Field("", description="What one row of the table is, in plain English.")
    key: Words = Field((), description="The column, or columns, that tell one case from another.")
    person: Word | None = Field(None, description="The column with the pseudonymous person, for joining tables.")
    happened: Word | None = Field(None, description="The column with the moment from which the row exists.")
    recorded: Word | None = Field(None, description="The column with the moment at which the row was entered.")
    files: Texts = Field((), description="Names that this table's file may have, without the ending.")
    blanks: Texts = Field((), description="Further spellings of an empty cell.")
    columns: dict[Name, ColumnFile] = Field(min_length=1, description="The columns, each with its type.")
    rules: dict[Name, _Rule] = Field({}, description="Conditions that every row should satisfy, by name.")


class PointInTimeFile(FileModel):
    """From when to when a case is open."""

    start: Word = Field(alias="from", description="The column with the first day on which the case is open.")
    end: Word = Field(alias="to", description="The column with the first day on which it is no longer open.")


class ClockFile(FileModel):
    """From start to stop, within a limit or by a due moment."""

    start: Word | None = Field(None, description="The column, or related.column, with which the time begins.")
    stop: Word | None = Field(None, description="The column, or related.column, with which it ends.")
    within: TimeLimit | None = Field(None, description="The time allowed, such as 24 hours or 1 working day.")
    due: ExpressionText | None = Field(None, description="An expression: the date or moment at which it is due.")


class RelatedFile(FileModel):
    """Rows of another table that belong to a case."""

    table: Word = Field(description="The table that holds the rows.")
    keep: KeepText = Field(description="Which rows are kept.")
    date: Word | None = Field(None, description="The column by which rows are found or counted.")
    start: Word | None = Field(None, alias="from", description="For active: the column with a spell's first day.")
    end: Word | None = Field(None, alias="to", description="For active: the column with the first day after a spell.")
    until: Word | None = Field(None, description="A date of the case, or as_of: rows after it do not count.")
    after: Word | None = Field(None, description="A date of the case: only rows after it count.")
    within: TimeLimit | None = Field(None, description="For count: how far back from until rows count.")
    where: ExpressionText | None = Field(None, description="A condition on the rows.")
    on: Word | None = Field(None, description="The column by which to join, if not the person.")
    merge: Literal["adjacent"] | None = Field(
        None, description="For active: adjacent joins spells that follow on one another."
    )


class BandsFile(FileModel):
    """A number broken down by bands."""

    value: ExpressionText = Field(description="The expression that gives the number.")
    bands: tuple[Number, ...] = Field((), description="The lower bounds of the bands, in ascending order.")


class BoundsFile(FileModel):
    """The bounds of a target."""

    green: Bound = Field(description="The bound for GREEN, such as 95%.")
    amber: Bound | None = Field(None, description="The bound for AMBER; may be left out.")


class ExampleFile(FileModel):
    """A small case and the outcome that it must have; further keys are tables with a row or a list of rows."""

    model_config = ConfigDict(extra="allow", frozen=True)
    __pydantic_extra__: dict[
        str, Annotated[tuple[Annotated[dict[str, str], _CELLS], ...], BeforeValidator(one_or_many)]
    ]

    outcome: Word = Field(alias="is", description="The outcome that the case must have; none for a case that has none.")
    because: Word | None = Field(None, description="The reason that it must have.")
    as_of: Timestamp | None = Field(
        None, description="The as-of time; a year after the latest date given, if left out."
    )
    reference_day: Day | None = Field(None, description="The reference day, for a stock.")


def _target_shape(value: object) -> str:
    """A target is either one pair of bounds, or pairs by month."""
    dated = isinstance(value, dict) and value and all(str(key)[:1].isdigit() for key in value)
    return "dated" if dated else "pair"


_Named = Annotated[Annotated[ExpressionText, Tag("text")] | Annotated[BandsFile, Tag("mapping")], Discriminator(_shape)]
_By = Annotated[
    Annotated[Word, Tag("text")] | Annotated[dict[Name, _Named], Tag("mapping")],
    Discriminator(_shape),
]
_Target = Annotated[
    Annotated[BoundsFile, Tag("pair")] | Annotated[dict[MonthText, BoundsFile], Tag("dated")],
    Discriminator(_target_shape),
]


class IndicatorFile(FileModel):
    """An indicator: `ID.yaml`."""

    parts: ClassVar[Mapping[str, type[FileModel]]] = {
        "point_in_time": PointInTimeFile,
        "clock": ClockFile,
        "related": RelatedFile,
        "by": BandsFile,
        "target": BoundsFile,
    }
    placeholders: ClassVar[Mapping[str, Any]] = {"title": "?", "table": "?", "measure": "count"}

    title: Text = Field(description="What the indicator is called.")
    question: FreeText = Field("", description="The question that it answers, in plain English.")
    theme: FreeText = Field("", description="The theme under which it is listed.")
    table: Word = Field(description="The table whose rows are the cases.")
    period: Word | None = Field(None, description="A flow: the column whose moment places a case in a period, or due.")
    point_in_time: PointInTimeFile | None = Field(None, description="A stock: cases open on the reference day.")
    population: ExpressionText | None = Field(None, description="The condition for a case to be looked at at all.")
    exclude: dict[Name, ExpressionText] = Field({}, description="Named conditions that leave a case out, in order.")
    related: dict[Name, RelatedFile] = Field({}, description="Rows of other tables, each under a name of its own.")
    measure: MeasureText = Field(description="What the value is.")
    clock: ClockFile | None = Field(None, description="What must be done, and in what time.")
    met: ExpressionText | None = Field(None, description="The condition for a case to count as met.")
    value: ExpressionText | None = Field(None, description="The number of a case, for mean, median and maximum.")
    not_due: ExpressionText | None = Field(None, description="The condition for a case not to be due yet.")
    because: dict[Name, ExpressionText] = Field({}, description="Named reasons for not met and overdue, in order.")
    by: Annotated[tuple[_By, ...], BeforeValidator(one_or_many)] = Field((), description="Breakdowns.")
    improvement: ImprovementText = Field(Improvement.NONE, description="Which way is better.")
    target: _Target | None = Field(None, description="Bounds for GREEN and AMBER: one pair, or a pair by first month.")
    basis: Texts = Field((), description="Where the indicator comes from: regulation, guidance, report.")
    owner: FreeText = Field("", description="Who answers for the figures.")
    review_by: Day | None = Field(None, description="When the definition should be looked at again.")
    examples: Annotated[tuple[ExampleFile, ...], BeforeValidator(one_or_many)] = Field(
        (), description="Small cases with the outcome that each must have."
    )
