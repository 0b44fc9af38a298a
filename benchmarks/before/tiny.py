"""Very many very small raw files and the other tables, as small as can be."""

from datetime import date, datetime, time, timedelta
from pathlib import Path

KITCHENS = 100
LINES = 10


def write_tiny_files(folder: Path, file_count: int, last: date) -> None:
    """Write so many files of ten readings, a kitchen's and a day's each, and the other tables."""
    for number in range(file_count):
        kitchen, days_ago = f"k{number % KITCHENS:03d}", number // KITCHENS
        day = last - timedelta(days=days_ago)
        path = folder / kitchen / f"{day}" / "cooking_metrics.csv"
        path.parent.mkdir(parents=True, exist_ok=True)
        start = datetime.combine(day, time(8))
        lines = [
            f"{(start + timedelta(minutes=5 * n)).isoformat()};{kitchen}-m{n % 4};b1;0,{n}5;0,7\n"
            for n in range(LINES)
        ]
        path.write_text("timestamp;machine_id;batch_id;metric_1;metric_2\n" + "".join(lines))
    (folder / "batch_registry.csv").write_text("batch_id;arepa_type\nb1;a1\n")
    (folder / "faulty_intervals.csv").write_text("machine_id;start_time;end_time\n")
