"""`sgkpi synth`: a synthetic extract."""

from pathlib import Path
from typing import Annotated

import typer

from sgkpi.cli.messages import plural, say
from sgkpi.cli.output import writing_to
from sgkpi.errors import UsageError


def synth(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="The folder to write to; made when missing.")],
    seed: Annotated[int, typer.Option("--seed", help="The same seed and scale give the same files.")] = 2019,
    scale: Annotated[
        float,
        typer.Option("--scale", help="How large: 1 is a small council's eleven months, 100 a hundred times that."),
    ] = 1.0,
) -> None:
    """Make a synthetic extract, of any size, about nobody.

    A folder that holds anything but an earlier synthetic extract is left alone.

    Examples:
      sgkpi synth practice
      sgkpi synth large --seed 7 --scale 100
    """
    if not 0 < scale < float("inf"):
        raise UsageError("--scale must be a number above 0")
    if folder.exists() and not _may_be_written(folder):
        raise UsageError(f"'{folder}' is there already and holds something else; name another folder")
    from sgkpi.synth import write_extract

    with writing_to(folder):
        paths = write_extract(folder, seed=seed, scale=scale)
    say(f"Wrote {plural(len(paths), 'file')} to '{folder}'")


def _may_be_written(folder: Path) -> bool:
    """An empty folder, or one whose extract.toml says that it was made here: never a real extract."""
    if not folder.is_dir():
        return False
    about = folder / "extract.toml"
    made_here = about.is_file() and "synthetic" in about.read_text(encoding="utf-8", errors="replace").casefold()
    return made_here or not any(folder.iterdir())
