"""A report in each of its formats, from the same pack."""

from typing import assert_never

from sgkpi.answers.report.pack import Pack
from sgkpi.documents.report.build import make_page
from sgkpi.documents.write.formats import Format


def write_report(pack: Pack, format_: Format) -> bytes:
    """Return a report in a format, importing its writer. Raises ValueError for a format that reports do not have."""
    match format_:
        case Format.HTML:
            from sgkpi.documents.write.html.write import write_page

            return write_page(make_page(pack))
        case Format.MARKDOWN:
            from sgkpi.documents.write.report_markdown import write_report_markdown

            return write_report_markdown(make_page(pack)).encode()
        case Format.EXCEL:
            from sgkpi.documents.report.workbook import make_workbook
            from sgkpi.documents.write.report_excel import write_report_excel

            return write_report_excel(make_workbook(pack))
        case Format.TABLE | Format.JSON | Format.CSV | Format.PARQUET:
            raise ValueError(f"a report is not written as {format_}")
        case _:
            assert_never(format_)
