"""Train the sector head: `python -m training.sector_head --data dev_sectors.jsonl.gz --out shared/catalogue/…`."""

from __future__ import annotations

import argparse
import sys
from collections import Counter
from pathlib import Path

from shared.catalogue.head_file import FILE, head_from, packed_from
from shared.catalogue.loader import load_catalogue
from training.sector_head.fitting import fitted_head
from training.sector_head.rows import FAMILIES, raw_rows, rows_to_learn_from


def main() -> None:
    """Read the data, fit, write the file, and say what is in it."""
    parser = argparse.ArgumentParser(prog="python -m training.sector_head", description=__doc__)
    parser.add_argument("--data", type=Path, required=True, help="labelled rows, JSON lines, plain or gzip'd")
    parser.add_argument("--out", type=Path, default=Path("shared/catalogue") / FILE)
    parser.add_argument(
        "--leave-out", action="append", default=[], choices=sorted(set(FAMILIES.values())), help="a family of sets"
    )
    given = parser.parse_args()
    catalogue = load_catalogue()
    rows = [row for row in rows_to_learn_from(raw_rows(given.data), catalogue) if row.family not in given.leave_out]
    packed = packed_from(fitted_head(rows, tuple(catalogue.sectors)))
    given.out.write_bytes(packed)
    head = head_from(packed)
    sizes = ", ".join(f"{name} {count}" for name, count in sorted(Counter(row.source for row in rows).items()))
    sys.stdout.write(f"{given.out}: head {head.version}, {len(head.stems)} stems, {len(packed)} bytes; {sizes}\n")


if __name__ == "__main__":
    main()
