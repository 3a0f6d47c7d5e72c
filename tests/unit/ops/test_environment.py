"""What the children of a command are told: the settings, and nothing is touched by telling."""

from dataclasses import replace

from yteso.base.settings import Settings
from yteso.ops.supervisor import environment_of


def test_the_environment_says_the_settings_and_reads_back_as_them(tmp_path):
    settings = replace(
        Settings(home=tmp_path),
        port=9090,
        web_workers=3,
        database_url="postgresql://thu",
        reader_database_url="postgresql://doc@thu",
    )
    assert Settings.from_environment(environment_of(settings)) == settings


def test_telling_a_child_makes_no_folder_and_leaves_counters_of_a_running_platform_alone(tmp_path):
    counters = tmp_path / "running" / "metrics" / "counter_1.db"
    counters.parent.mkdir(parents=True)
    counters.touch()
    for home in (tmp_path / "running", tmp_path / "nowhere"):
        environment_of(replace(Settings(home=home), web_workers=2))
    assert counters.exists()
    assert not (tmp_path / "nowhere").exists()
