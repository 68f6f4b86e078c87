"""The columns of a Parquet file, read from its footer.

The footer is a struct in Thrift's compact protocol (Apache Parquet format, `parquet.thrift`). It is
read here because every library that reads Parquet takes longer to load than a figure takes to compute.
"""

from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from sgkpi.extracts.faults import FileFault

_MAGIC, _ENCRYPTED = b"PAR1", b"PARE"
_TAIL = 8  # the footer's length in four bytes, then the magic bytes
_FILE_SCHEMA, _FILE_ROWS = 2, 3
_PHYSICAL, _REPETITION, _NAME, _CHILDREN, _CONVERTED, _LOGICAL = 1, 3, 4, 5, 6, 10
_REPEATED = 2
_LOGICAL_TIMESTAMP, _IN_UTC = 8, 1

ThriftValue = bool | int | bytes | list["ThriftValue"] | dict[int, "ThriftValue"] | None
Struct = dict[int, ThriftValue]


class ParquetType(StrEnum):
    """The types of Parquet columns, as far as they matter to a reader of cells."""

    TEXT = "text"
    INTEGER = "integer"
    FLOAT = "float"
    DECIMAL = "decimal"
    BOOLEAN = "boolean"
    DATE = "date"
    TIMESTAMP = "timestamp"
    TIMESTAMP_TZ = "timestamp_tz"
    OTHER = "other"


# By the numbers that parquet.thrift gives them. A converted type says nothing reliable of zones:
# files that have no more than that are read as local time.
_BY_LOGICAL = {
    1: ParquetType.TEXT,
    4: ParquetType.TEXT,  # an enum
    5: ParquetType.DECIMAL,
    6: ParquetType.DATE,
    10: ParquetType.INTEGER,
    12: ParquetType.TEXT,  # JSON
    15: ParquetType.FLOAT,  # of 16 bits
}
_BY_CONVERTED = {
    0: ParquetType.TEXT,
    4: ParquetType.TEXT,
    5: ParquetType.DECIMAL,
    6: ParquetType.DATE,
    9: ParquetType.TIMESTAMP,
    10: ParquetType.TIMESTAMP,
    **dict.fromkeys(range(11, 19), ParquetType.INTEGER),
    19: ParquetType.TEXT,
}
_BY_PHYSICAL = {
    0: ParquetType.BOOLEAN,
    1: ParquetType.INTEGER,
    2: ParquetType.INTEGER,
    3: ParquetType.TIMESTAMP,  # of 96 bits, as older writers made them
    4: ParquetType.FLOAT,
    5: ParquetType.FLOAT,
}


@dataclass(frozen=True)
class ParquetColumns:
    """The columns at the top of a file, with their types, and how many rows it has."""

    headers: tuple[str, ...]
    types: tuple[ParquetType, ...]
    rows: int


def read_parquet_columns(path: Path) -> ParquetColumns:
    """The columns of a Parquet file; raises FileFault when it is cut off, or is none."""
    try:
        footer = _read_footer(path)
    except OSError as error:
        raise FileFault(f"the file cannot be read: {error.strerror or error}", "unreadable-file") from error
    try:
        return _columns(CompactReader(footer).struct(last=_FILE_ROWS))
    except (IndexError, KeyError, TypeError, ValueError, RecursionError) as error:
        raise _broken("its footer makes no sense") from error


def _read_footer(path: Path) -> bytes:
    with path.open("rb") as stream:
        size = stream.seek(0, 2)
        if size == 0:
            raise FileFault("the file is empty; export it again", "empty-file")
        stream.seek(0)
        if stream.read(len(_MAGIC)) not in (_MAGIC, _ENCRYPTED):
            raise FileFault(
                "this is no Parquet file; let its name end as its format is, or export it again", "no-parquet"
            )
        stream.seek(max(0, size - _TAIL))
        tail = stream.read(_TAIL)
        if tail[4:] == _ENCRYPTED:
            raise FileFault("the file is encrypted; export it without encryption", "broken-parquet")
        length = int.from_bytes(tail[:4], "little")
        if tail[4:] != _MAGIC or length + _TAIL + len(_MAGIC) > size:
            raise _broken("it does not end as one does")
        stream.seek(size - _TAIL - length)
        return stream.read(length)


def _broken(why: str) -> FileFault:
    message = f"this is no whole Parquet file: {why}; it may be cut off: copy or export it again"
    return FileFault(message, "broken-parquet")


def _columns(fields: Struct) -> ParquetColumns:
    """The columns below the root of the schema, which lists its elements depth first."""
    elements = [_as_struct(each) for each in _as_list(fields[_FILE_SCHEMA])]
    place, tops = 1, []
    for _ in range(_children(elements[0])):
        tops.append(elements[place])
        place = _after(elements, place)
    headers = tuple(_as_bytes(element[_NAME]).decode() for element in tops)
    return ParquetColumns(headers, tuple(map(_type_of, tops)), _as_int(fields[_FILE_ROWS]))


def _after(elements: list[Struct], place: int) -> int:
    """The place of the first element that does not stand below the one at `place`."""
    pending = 1
    while pending:
        pending += _children(elements[place]) - 1
        place += 1
    return place


def _children(element: Struct) -> int:
    return _as_int(element.get(_CHILDREN, 0))


def _type_of(element: Struct) -> ParquetType:
    if _children(element) or element.get(_REPETITION) == _REPEATED:
        return ParquetType.OTHER
    logical = _as_struct(element.get(_LOGICAL, {}))
    if _LOGICAL_TIMESTAMP in logical:
        in_utc = _as_struct(logical[_LOGICAL_TIMESTAMP]).get(_IN_UTC)
        return ParquetType.TIMESTAMP_TZ if in_utc else ParquetType.TIMESTAMP
    if logical:
        return _BY_LOGICAL.get(next(iter(logical)), ParquetType.OTHER)
    if _CONVERTED in element:
        return _BY_CONVERTED.get(_as_int(element[_CONVERTED]), ParquetType.OTHER)
    return _BY_PHYSICAL.get(_as_int(element[_PHYSICAL]), ParquetType.OTHER)


class CompactReader:
    """Reads values of Thrift's compact protocol, one after the other.

    Raises IndexError where the bytes end too early and ValueError for a type that there is not.
    """

    def __init__(self, data: bytes) -> None:
        self._data = data
        self._place = 0

    def struct(self, last: int | None = None) -> Struct:
        """The fields of a struct by number; none is read beyond the field `last`."""
        fields: Struct = {}
        number = 0
        while (head := self._byte()) != 0:
            delta, kind = head >> 4, head & 0x0F
            number = number + delta if delta else self._zigzag()
            # In a struct, the type itself says whether a boolean is true.
            fields[number] = kind == 1 if kind in (1, 2) else self._value(kind)
            if number == last:
                break
        return fields

    def _value(self, kind: int) -> ThriftValue:
        match kind:
            case 1 | 2:
                return self._byte() == 1
            case 3:
                return self._byte()
            case 4 | 5 | 6:
                return self._zigzag()
            case 7:
                return self._bytes(8)  # a double, which nothing here asks for
            case 8:
                return self._bytes(self._varint())
            case 9 | 10:
                return self._list()
            case 11:
                return self._map()
            case 12:
                return self.struct()
            case _:
                raise ValueError(f"no type {kind} in the compact protocol")

    def _list(self) -> list[ThriftValue]:
        head = self._byte()
        size = head >> 4
        if size == 0x0F:
            size = self._varint()
        return [self._value(head & 0x0F) for _ in range(size)]

    def _map(self) -> list[ThriftValue]:
        """Keys and values in turn; no field that is wanted here is a map."""
        size = self._varint()
        kinds = self._byte() if size else 0
        return [self._value(kind) for _ in range(size) for kind in (kinds >> 4, kinds & 0x0F)]

    def _byte(self) -> int:
        byte = self._data[self._place]
        self._place += 1
        return byte

    def _bytes(self, size: int) -> bytes:
        start, self._place = self._place, self._place + size
        if self._place > len(self._data):
            raise IndexError("the bytes end too early")
        return self._data[start : self._place]

    def _varint(self) -> int:
        value = shift = 0
        while (byte := self._byte()) & 0x80:
            value |= (byte & 0x7F) << shift
            shift += 7
        return value | byte << shift

    def _zigzag(self) -> int:
        value = self._varint()
        return (value >> 1) ^ -(value & 1)


def _as_struct(value: ThriftValue) -> Struct:
    if not isinstance(value, dict):
        raise TypeError("not a struct")
    return value


def _as_list(value: ThriftValue) -> list[ThriftValue]:
    if not isinstance(value, list):
        raise TypeError("not a list")
    return value


def _as_bytes(value: ThriftValue) -> bytes:
    if not isinstance(value, bytes):
        raise TypeError("not bytes")
    return value


def _as_int(value: ThriftValue) -> int:
    if not isinstance(value, int):
        raise TypeError("not a whole number")
    return value
