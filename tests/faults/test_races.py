"""A few of the races of `make faults`, so that every change meets them."""

from faults.races import SHARES, run_races


def test_I01_I05_I10_I18_two_processes_at_one_instant_and_one_of_them_wins(database_url, tmp_path):
    counts = {kind: 20 if kind == "last_place" else 4 for kind in SHARES}
    for report in run_races(database_url, counts, 60, tmp_path):
        assert report.ok, report
        assert report.races == counts[report.kind]
