"""`sgkpi synth`: a synthetic extract."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from sgkpi.cli.complete import complete_faults
from sgkpi.cli.inputs import load_definitions
from sgkpi.cli.options import CatalogueOption, named_path, parse_names
from sgkpi.cli.output import writing_to
from sgkpi.cli.streams import say
from sgkpi.model.errors import UsageError
from sgkpi.model.words import plural

if TYPE_CHECKING:
    from sgkpi.synth.faults import Faults


def run(
    folder: Annotated[
        Path, typer.Argument(metavar="DIR", help="The folder to write to; created if missing.", parser=named_path)
    ],
    seed: Annotated[
        int, typer.Option("--seed", help="The random seed: the same seed and scale give the same files.")
    ] = 2019,
    scale: Annotated[
        float,
        typer.Option("--scale", help="The size: 1 is eleven months of a small council, 100 a hundred times that."),
    ] = 1.0,
    faults: Annotated[
        float | None,
        typer.Option("--faults", metavar="RATE", help="Put a fault into this share of the rows, for example 0.01."),
    ] = None,
    fault: Annotated[
        list[str] | None,
        typer.Option(
            "--fault",
            metavar="KIND",
            autocompletion=complete_faults,
            help="Only faults of these kinds (default: all that concern rows).",
        ),
    ] = None,
    story: Annotated[
        bool,
        typer.Option("--story", help="Tell the whole story of the inspection, in every table of the catalogue."),
    ] = False,
    catalogue: CatalogueOption = None,
) -> None:
    """Make a synthetic extract of any size.

    No row is about a real person. The extract has the sample's tables, or all of sgkpi's own catalogue with --story:
    their rows go together, and each indicator has the value that the inspection's story gives it.
    Tables that only your catalogue declares are made from their declarations.
    With --faults, rows get the faults that real exports have, to try `sgkpi check` on.
    A folder that contains anything but an earlier synthetic extract is not written to.

    Examples:
      sgkpi synth practice
      sgkpi synth large --seed 7 --scale 100
      sgkpi synth whole --story
      sgkpi synth faulty --faults 0.02
      sgkpi synth broken --faults 0 --fault no_events,identifiers
    """
    if not 0 < scale < float("inf"):
        raise UsageError("--scale must be a number greater than 0")
    asked = _faults(faults, fault)
    with writing_to(folder):
        if folder.exists() and not _may_be_written(folder):
            raise UsageError(f"'{folder}' already exists and contains other files; choose another folder")
    from sgkpi.synth import write_extract

    definitions = load_definitions(catalogue)
    with writing_to(folder):
        paths = write_extract(folder, seed=seed, scale=scale, catalogue=definitions, faults=asked, whole_story=story)
    say(f"Wrote {plural(len(paths), 'file')} to '{folder}'")


def _faults(rate: float | None, named: list[str] | None) -> "Faults | None":
    from sgkpi.synth.faults import OF_ROWS, Fault, Faults

    known = [kind.value for kind in Fault]
    kinds = parse_names("--fault", "kind of fault", named, known)
    if rate is None and kinds:
        raise UsageError("--fault needs --faults, the share of rows, for example --faults 0.01")
    if rate is None:
        return None
    if not 0 <= rate <= 1:
        raise UsageError("--faults must be a number from 0 to 1, for example 0.01 for one row in a hundred")
    return Faults(rate, tuple(map(Fault, kinds)) or OF_ROWS)


def _may_be_written(folder: Path) -> bool:
    """Return whether a folder is empty, was made here by its extract.toml, or was begun here; never a real extract."""
    from sgkpi.synth.writing import PREFIX

    if not folder.is_dir():
        return False
    about = folder / "extract.toml"
    made_here = about.is_file() and "synthetic" in about.read_text(encoding="utf-8", errors="replace").casefold()
    return made_here or all(path.name.startswith(PREFIX) for path in folder.iterdir())
