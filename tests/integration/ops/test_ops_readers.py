"""On the running platform, who reads for people came into the database by a log-in of its own."""

import psycopg

from yteso.db.embedded import EmbeddedServer
from yteso.db.server_conf import ADMIN_ROLE, READER_ROLE


def test_a_search_is_read_by_the_readers_log_in(platform):
    token = platform.run("token", "--user", "bacsi").stdout.strip()
    assert platform.status_of("/fhir/Patient?_count=1", Authorization=f"Bearer {token}") == 200
    assert platform.health()["wall"] == "ok"
    with psycopg.connect(EmbeddedServer(platform.home).dsn(role=ADMIN_ROLE)) as admin:
        asked = "SELECT query FROM pg_stat_activity WHERE usename = %s"
        queries = [query for (query,) in admin.execute(asked, (READER_ROLE,))]
    assert queries
