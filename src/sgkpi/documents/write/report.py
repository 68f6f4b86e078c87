"""A report in each of its formats, from the same pack."""

from dataclasses import dataclass
from functools import cached_property
from typing import assert_never

from sgkpi.answers.report.pack import Pack
from sgkpi.documents.report.build import make_page
from sgkpi.documents.report.page import Page
from sgkpi.documents.write.formats import Format


@dataclass(frozen=True)
class ReportWriter:
    """Writes a report in any of its formats; HTML and Markdown are of the same page."""

    pack: Pack

    @cached_property
    def page(self) -> Page:
        return make_page(self.pack)

    def write(self, format_: Format) -> bytes:
        """Return the report in a format, importing its writer. Raises ValueError for one that reports do not have."""
        match format_:
            case Format.HTML:
                from sgkpi.documents.write.html.write import write_page

                return write_page(self.page)
            case Format.MARKDOWN:
                from sgkpi.documents.write.report_markdown import write_report_markdown

                return write_report_markdown(self.page).encode()
            case Format.EXCEL:
                from sgkpi.documents.report.workbook import make_workbook
                from sgkpi.documents.write.report_excel import write_report_excel

                return write_report_excel(make_workbook(self.pack))
            case Format.TABLE | Format.JSON | Format.CSV | Format.PARQUET:
                raise ValueError(f"a report is not written as {format_}")
            case _:
                assert_never(format_)
