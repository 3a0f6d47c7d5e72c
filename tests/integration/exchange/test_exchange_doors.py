import base64
import json
import socket
import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from urllib.parse import quote

import pytest

from yteso.access.principal import Principal, Role
from yteso.base.scanner import Scanner
from yteso.exchange.intake import fetch_raw
from yteso.exchange.sender import TRIES, md5_of, set_active
from yteso.signing import verify_receipt
from yteso.store.trail import FREE

FORM = {"content-type": "application/x-www-form-urlencoded"}


def codes(answer):
    document = json.loads(answer.body)
    return [issue["code"] for issue in document.get("issues") or document.get("dsLoi")]


def form(installation, content, **fields):
    fields = {"username": f"his-{installation.files.facility}", "loaiHoSo": "3176", **fields}
    plain = "&".join(f"{name}={quote(value)}" for name, value in fields.items())
    return f"{plain}&fileHSBase64={quote(base64.b64encode(content).decode(), safe='')}".encode()


@pytest.fixture
def content(installation):
    return installation.files.claims(installation.files.tables())


def test_a_file_gets_a_receipt_that_the_public_key_verifies(installation, content):
    answer = installation.take(content)
    document = json.loads(answer.body)
    assert answer.status == 202
    assert verify_receipt(document["receipt"], installation.doors.keys.public()[0])
    assert document["status"].endswith(document["intake"])
    keys = json.loads(installation.call("GET", "/exchange/keys", headers=installation.bearer()).body)["keys"]
    assert keys[0]["keyId"] == document["keyId"]


def test_the_same_bytes_at_the_same_moment_are_one_file_with_one_receipt(installation):
    for number in range(6):
        content = installation.files.claims(installation.files.tables(number))
        with ThreadPoolExecutor(4) as pool:
            answers = list(pool.map(lambda _, content=content: installation.take(content), range(4)))
        assert sorted(answer.status for answer in answers) == [200, 200, 200, 202]
        receipts = [json.loads(answer.body)["receipt"] for answer in answers]
        assert all(receipt == receipts[0] for receipt in receipts)
        assert receipts[0]["sequence"] == number + 1


def test_the_same_bytes_from_the_same_sender_get_the_old_receipt(installation, content):
    first, second = installation.take(content), installation.take(content)
    assert second.status == 200
    assert json.loads(first.body)["receipt"] == json.loads(second.body)["receipt"]
    assert installation.rows("SELECT count(*) FROM exchange.intake") == [(1,)]
    assert installation.rows("SELECT last FROM exchange.counter") == [(1,)]


def test_files_of_one_sender_are_numbered_in_order(installation):
    files = [installation.files.claims(installation.files.tables(n)) for n in range(3)]
    assert [json.loads(installation.take(file).body)["sequence"] for file in files] == [1, 2, 3]


def test_a_multipart_upload_keeps_the_name_of_the_file(installation, content):
    body = (
        b'--x\r\nContent-Disposition: form-data; name="file"; filename="C:\\\\ho so\\\\t\xe1\xbb\x87p.xml"\r\n'
        b"Content-Type: text/xml\r\n\r\n" + content + b"\r\n--x--\r\n"
    )
    answer = installation.take(body, kind="multipart/form-data; boundary=x")
    assert answer.status == 202
    assert installation.rows("SELECT name, size FROM exchange.intake") == [("tệp.xml", len(content))]


def test_a_file_sent_as_a_command_line_tool_does_by_default_is_taken(installation, content):
    assert installation.take(content, kind="application/x-www-form-urlencoded").status == 202


def test_a_body_may_tell_its_name(installation, content):
    headers = {**installation.bearer(), "content-disposition": "attachment; filename*=UTF-8''t%E1%BB%87p.xml"}
    assert installation.call("POST", "/exchange/bhyt", content, headers).status == 202
    assert installation.rows("SELECT name FROM exchange.intake") == [("tệp.xml",)]


@pytest.mark.parametrize("padding", [0, 3 * 1024 * 1024])
def test_the_raw_comes_back_byte_for_byte_and_is_walked(installation, content, padding):
    content += b"\n" * padding
    intake = installation.kept(content)
    with installation.doors.database.connection() as conn:
        file, pieces = fetch_raw(conn, Principal("qt", Role.INTEGRATOR), intake)
        assert b"".join(pieces) == content
    installation.walker.drain()
    assert installation.status(intake)["state"] == "done"
    assert file.size == len(content)


def test_the_insurers_shape_takes_a_token_and_a_file(installation, login, content):
    path = "/api/qd130/guiHoSoXmlQD4750"
    answer = installation.call("POST", path, form(installation, content), {**FORM, **login})
    document = json.loads(answer.body)
    assert (answer.status, document["maKetQua"]) == (200, "200")
    assert len(document["thoiGianTiepNhan"]) == 14
    assert installation.rows("SELECT id::text, door FROM exchange.intake") == [(document["maGiaoDich"], "insurer")]


@pytest.mark.parametrize(
    "path", ["/api/qd130/guiHoSoXmlQD3176", "/API/qd130/guihosoxmlqd130", "/api/qd130/checkInKcbQd4750"]
)
def test_every_name_of_the_insurers_doors_is_open(installation, login, path):
    tables = installation.files.tables()
    content = installation.files.check_in(tables) if "checkIn" in path else installation.files.claims(tables)
    assert installation.call("POST", path, form(installation, content), {**FORM, **login}).status == 200


def test_an_unescaped_plus_in_the_insurers_form_is_still_base64(installation, login, content):
    encoded = base64.b64encode(content).decode()
    body = f"fileHSBase64={encoded}&maCSKCB={installation.files.facility}".encode()
    answer = installation.call("POST", "/api/qd130/guiHoSoXmlQD4750", body, {**FORM, **login})
    assert answer.status == 200
    assert installation.rows("SELECT size FROM exchange.intake") == [(len(content),)]


def test_the_insurers_json_body_is_read_too(installation, login, content):
    body = json.dumps({"username": "x", "fileHSBase64": base64.b64encode(content).decode()}).encode()
    kind = {"content-type": "application/json"}
    answer = installation.call("POST", "/api/qd130/guiHoSoXmlQD4750", body, {**kind, **login})
    assert codes(answer) == ["EXC-0017"]
    body = body.replace(b'"x"', f'"his-{installation.files.facility}"'.encode())
    assert installation.call("POST", "/api/qd130/guiHoSoXmlQD4750", body, {**kind, **login}).status == 200


def test_companions_of_a_token_must_belong_to_it(installation, login, content):
    headers = {**FORM, **login, "passwordhash": md5_of("other")}
    assert installation.call("POST", "/api/qd130/guiHoSoXmlQD4750", form(installation, content), headers).status == 401


def test_the_hanoi_shape_answers_for_each_file(installation, login, content):
    token = installation.call(
        "POST",
        "/api/auth/token/take",
        json.dumps({"username": f"his-{installation.files.facility}", "password": login["passwordhash"]}).encode(),
        {"content-type": "application/json"},
    )
    headers = {
        "authorization": "Bearer " + json.loads(token.body)["APIKey"]["access_token"],
        "content-type": "application/json",
    }
    body = {
        "loaiHoSo": "3176",
        "maTinh": "79",
        "maCSKCB": installation.files.facility,
        "files": [base64.b64encode(content).decode(), base64.b64encode(b"no xml").decode(), "%%%"],
    }
    answer = installation.call("POST", "/api/kcb/xml/qd3176/guiHoSoXml", json.dumps(body).encode(), headers)
    document = json.loads(answer.body)
    assert (document["totalSuccess"], document["totalFailed"]) == (1, 2)
    assert [bool(one["maGiaoDich"]) for one in document["fileResults"]] == [True, False, False]
    installation.walker.drain()
    path = "/api/kcb/tra-cuu-trang-thai/" + document["fileResults"][0]["maGiaoDich"]
    status = json.loads(installation.call("GET", path, headers=headers).body)
    assert (status["trangThai"], len(status["dsHoSo"])) == (1, 1)


def test_a_wrong_password_is_401_and_many_are_429(installation):
    def attempt(password, remote="192.0.2.7"):
        body = f"username=his-{installation.files.facility}&password={md5_of(password)}".encode()
        return installation.call("POST", "/api/token/take", body, FORM, remote)

    answers = [attempt("sai") for _ in range(TRIES)]
    assert {answer.status for answer in answers} == {401}
    assert json.loads(answers[0].body)["maKetQua"] == "401"
    assert attempt("mật khẩu thử").status == 429
    name = f"his-{installation.files.facility}"
    assert acts(installation)[-1] == (name, f"login:{name}", "from=192.0.2.7 token EXC-0014", "4")
    assert attempt("mật khẩu thử", "192.0.2.8").status == 200


def acts(installation):
    """(who, what, detail, outcome) of the audit rows about log-ins and refusals, in their order."""
    return installation.rows(
        "SELECT who, what, detail, outcome FROM store.audit WHERE what ~ '^(login|token):|^intake$' ORDER BY ts, n"
    )


def test_log_ins_and_refusals_of_machines_are_in_the_chain(installation, content):
    name = f"his-{installation.files.facility}"
    for user, password in ((name, "sai"), ("matkhauthat", "sai"), (name, "mật khẩu thử")):
        body = f"username={user}&password={md5_of(password)}".encode()
        installation.call("POST", "/api/token/take", body, FORM, "192.0.2.7")
    installation.call("POST", "/exchange/bhyt", content, {"authorization": "Bearer sai"}, "192.0.2.9")
    assert installation.take(content, role=Role.DOCTOR, name="bác sĩ").status == 403
    assert acts(installation) == [
        (name, f"login:{name}", "from=192.0.2.7 token EXC-0013", "4"),
        ("unknown", "login:unknown", "from=192.0.2.7 token EXC-0013", "4"),
        (name, f"login:{name}", "from=192.0.2.7 token", None),
        ("unknown", "token:unknown", "from=192.0.2.9 intake AUTH-0002", "4"),
        ("bác sĩ", "intake", "EXC-0012", "4"),
    ]


def test_a_flood_without_tokens_adds_few_rows(installation):
    for _ in range(70):
        assert installation.call("GET", "/exchange/intake/x").status == 401
    assert len(acts(installation)) == FREE + 2


@pytest.mark.parametrize("name", ["", "nobody", "a\x00b", "x" * 5000, "his-99999' OR 1=1 --"])
def test_an_unknown_name_is_refused_like_a_wrong_password(installation, name):
    body = f"username={quote(name)}&password={md5_of('x')}".encode()
    answer = installation.call("POST", "/api/token/take", body, FORM)
    assert (answer.status, codes(answer)) == (401, ["EXC-0013"])


def test_a_locked_account_sends_nothing_even_with_a_token_it_still_has(installation, content):
    with installation.doors.database.connection() as conn:
        assert set_active(conn, f"his-{installation.files.facility}", active=False)
    assert codes(installation.take(content)) == ["EXC-0016"]


def test_only_senders_may_send_and_only_for_their_facility(installation, content):
    assert codes(installation.take(content, facility="99999")) == ["EXC-0003"]
    assert codes(installation.take(content, role=Role.DOCTOR)) == ["EXC-0012"]
    assert codes(installation.take(content, facility="", role=Role.STAFF)) == ["EXC-0012"]
    assert installation.take(content, role=Role.STAFF, name="nhân viên").status == 202


def test_nobody_sees_the_files_of_another_facility(installation, content):
    intake = installation.kept(content)
    path = f"/exchange/intake/{intake}"
    assert installation.call("GET", path, headers=installation.bearer()).status == 200
    assert codes(installation.call("GET", path, headers=installation.bearer("99999"))) == ["EXC-0015"]
    assert installation.call("GET", path).status == 401
    assert installation.call("GET", path, headers=installation.bearer(role=Role.DOCTOR)).status == 403


def test_an_expired_token_is_refused(installation, content):
    token = installation.doors.bearer.issue(Principal("x", Role.FACILITY, "1"), timedelta(seconds=-1))
    answer = installation.call("POST", "/exchange/bhyt", content, {"authorization": f"Bearer {token}"})
    assert (answer.status, codes(answer)) == (401, ["AUTH-0003"])


BAD = {
    "empty": (b"", "application/xml", "EXC-0001"),
    "not XML": (b"PK\x03\x04 not xml", "application/xml", "BHYT-0001"),
    "invalid UTF-8": (b"\xff\xfe\xff\xff\x80", "application/xml", "BHYT-0001"),
    "a DOCTYPE": (b'<!DOCTYPE a [<!ENTITY b "c">]><GIAMDINHHS>&b;</GIAMDINHHS>', "text/xml", "BHYT-0003"),
    "another root": (b"<html></html>", "application/xml", "BHYT-0002"),
    "too large": (b"<GIAMDINHHS>" + b" " * (5 << 20), "application/xml", "EXC-0002"),
    "JSON": (b"{}", "application/json", "EXC-0005"),
    "multipart without boundary": (b"abc", "multipart/form-data", "EXC-0007"),
    "multipart that is none": (b"abc", "multipart/form-data; boundary=x", "EXC-0007"),
    "multipart cut short": (
        b'--x\r\nContent-Disposition: form-data; name="f"; filename="f"\r\n\r\nabc',
        "multipart/form-data; boundary=x",
        "EXC-0007",
    ),
    "multipart without a file": (
        b'--x\r\nContent-Disposition: form-data; name="f"\r\n\r\nabc\r\n--x--\r\n',
        "multipart/form-data; boundary=x",
        "EXC-0008",
    ),
}


@pytest.mark.parametrize(("content", "kind", "code"), BAD.values(), ids=BAD)
def test_bad_input_is_refused_with_a_number_in_two_languages(installation, content, kind, code):
    answer = installation.take(content, kind=kind)
    assert 400 <= answer.status < 500
    assert codes(answer) == [code]
    issue = json.loads(answer.body)["issues"][0]
    assert all(issue[name] for name in ("text", "textEn", "fix", "fixEn"))


BAD_JSON = {
    "deep": b"[" * 100_000,
    "deep object": b'{"files":' * 100_000,
    "duplicate keys": b'{"files": ["QQ=="], "files": ["QQ=="]}',
    "a lone surrogate": b'{"files": ["\\ud800"]}',
    "a huge number": b'{"files": 1e131071}',
    "no list": b'{"files": "QQ=="}',
    "a list of numbers": b'{"files": [1]}',
    "an empty list": b'{"files": []}',
    "no object": b"[]",
    "nothing": b"",
    "not UTF-8": b'{"files": ["\xff"]}',
}


@pytest.mark.parametrize("body", BAD_JSON.values(), ids=BAD_JSON)
def test_bad_json_is_refused_with_a_number(installation, body):
    headers = {**installation.bearer(), "content-type": "application/json"}
    answer = installation.call("POST", "/api/kcb/xml/qd3176/guiHoSoXml", body, headers)
    assert 400 <= answer.status < 500
    assert codes(answer)[0][:4] in ("EXC-", "FHIR")


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"fileHSBase64",
        b"fileHSBase64=a*b&x=y",
        b"fileHSBase64=QUJD=QUJD",
        b"x=%ff&fileHSBase64=QUJD",
        b"a=" + b"b" * 99999,
    ],
)
def test_bad_forms_are_refused_with_a_number(installation, login, body):
    answer = installation.call("POST", "/api/qd130/guiHoSoXmlQD4750", body, {**FORM, **login})
    assert answer.status in (400, 422)
    assert codes(answer)


def test_fifty_megabytes_of_base64_are_refused_without_being_kept(installation, login):
    body = b"fileHSBase64=" + b"QUJD" * (50 * 1024 * 1024 // 4)
    answer = installation.call("POST", "/api/qd130/guiHoSoXmlQD4750", body, {**FORM, **login})
    assert (answer.status, codes(answer)) == (413, ["EXC-0002"])


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/exchange/bhyt", 405),
        ("POST", "/exchange/other", 404),
        ("POST", "/api/egw/KQNhanLichSuKCB2024", 404),
        ("GET", "/exchange/intake/not-an-id", 404),
        ("GET", "/exchange/intake/00000000-0000-8000-8000-000000000000", 404),
    ],
)
def test_wrong_addresses_are_told_so(installation, method, path, status):
    answer = installation.call(method, path, headers=installation.bearer())
    assert answer.status == status
    assert codes(answer)


def test_a_body_that_ends_too_early_is_not_kept(installation, content):
    headers = {**installation.bearer(), "content-length": str(len(content) + 1)}
    answer = installation.call("POST", "/exchange/bhyt", content, headers)
    assert (answer.status, codes(answer)) == (400, ["EXC-0018"])
    assert installation.rows("SELECT count(*) FROM exchange.intake") == [(0,)]


def test_the_file_its_receipt_and_the_job_are_one_transaction(installation, content):
    installation.kept(content)
    assert installation.rows("SELECT task_name FROM jobs.procrastinate_jobs") == [("exchange.drain",)]
    installation.kept(installation.files.claims(installation.files.tables(1)))
    assert installation.rows("SELECT count(*) FROM jobs.procrastinate_jobs") == [(1,)]


@pytest.mark.parametrize(
    ("answer", "code", "status"),
    [(b"stream: Eicar FOUND\0", "EXC-0021", 422), (b"", "EXC-0022", 503)],
    ids=["found", "no verdict"],
)
def test_a_file_with_a_virus_or_without_a_verdict_is_not_kept(installation, tmp_path, answer, code, status):
    place = str(tmp_path / "clamd.ctl")
    with socket.socket(socket.AF_UNIX) as listening:
        listening.bind(place)
        listening.listen()
        serving = threading.Thread(target=scan_once, args=(listening, answer), daemon=True)
        serving.start()
        installation.doors.desk = replace(installation.doors.desk, scanner=Scanner(place, 10.0))
        refused = installation.take(installation.files.claims(installation.files.tables()))
        serving.join()
    assert (refused.status, codes(refused)) == (status, [code])
    assert installation.rows("SELECT count(*) FROM exchange.intake") == [(0,)]


def scan_once(listening, answer):
    connection, _ = listening.accept()
    with connection, connection.makefile("rb") as stream:
        stream.read(10)
        while size := int.from_bytes(stream.read(4)):
            stream.read(size)
        connection.sendall(answer)
