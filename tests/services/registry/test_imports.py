"""Importing and exporting organisations over HTTP, broker and store."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable

import openpyxl
import pytest

from shared.http.files import LARGEST_FILE, XLSX
from tests.harness import RunningNode, eventually
from tests.services.registry.results import IMPORTS, ended, send, tables, wrongs
from tests.services.registry.stock import HEADERS, Stock, filed, registered, stock

pytestmark = pytest.mark.service

STREET = "230102001"
EXPORTS = "/api/registry/organisations/export"


@pytest.fixture(scope="module")
def district(node: Callable[..., RunningNode]) -> RunningNode:
    return node(["registry"])


def test_rows_are_taken_over_or_refused_each_with_place_reason_and_remedy(district: RunningNode) -> None:
    made = stock(80, 24, [STREET, "230102001002"])
    assert len(made.kinds) == 24
    sent = send(district, made.workbook())
    assert sent.status_code == 202, sent.text
    found = ended(district, sent.json()["id"])
    assert (found["status"], found["total"], found["ignored"]) == ("done", 80, ["备注"])
    assert (found["accepted"], found["refused"], found["present"]) == (56, 24, 0)
    assert wrongs(made, district.get(f"{IMPORTS}/{found['id']}/result.xlsx")) == []
    english = district.get(f"{IMPORTS}/{found['id']}/result.csv", params={"language": "en"})
    rows = list(csv.DictReader(io.StringIO(english.content.decode("utf-8-sig"), newline="")))
    assert [row["outcome"] for row in rows].count("imported") == 56
    assert [row["outcome"] for row in rows].count("refused") == 24


def test_what_is_taken_over_stands_as_the_table_says(district: RunningNode) -> None:
    made = Stock()
    made.add(registered(70001, STREET) | {"status": "注销"})
    made.add(filed(70002, "230102002") | {"status": "lapsed", "valid_until": "2022-05-03"})
    found = ended(district, send(district, made.workbook(), area="230102").json()["id"])
    rows = tables(district.get(f"{IMPORTS}/{found['id']}/result.xlsx"))[0]
    one, other = (district.get(f"/api/registry/organisations/{row['编号']}").json() for row in rows)
    assert {key: one[key] for key in ("status", "type", "established_on", "decided_at", "ended_by")} == {
        "status": "cancelled",
        "type": "non_enterprise",
        "established_on": "2015-03-09",
        "decided_at": "2016-01-31T16:00:00.000Z",
        "ended_by": "cancelled",
    }
    assert (other["status"], other["valid_until"], other["owner"]) == ("lapsed", "2022-05-03", "230102")
    assert [line["step"] for line in other["history"]] == ["import"]
    eventually(
        lambda: any(
            s["organisation"] == other["id"]
            for s in district.get("/api/registry/summaries", None, params={"area": "230102002"}).json()[
                "items"
            ]
        ),
        what="everybody knows of it",
    )


def test_the_same_file_again_is_the_same_import_and_rows_that_are_there_are_not_doubled(
    district: RunningNode,
) -> None:
    made = Stock([registered(71000, STREET), filed(71001, STREET)])
    first = ended(district, send(district, made.workbook()).json()["id"])
    assert first["accepted"] == 2
    assert send(district, made.workbook()).json()["id"] == first["id"]
    result = district.get(f"{IMPORTS}/{first['id']}/result.xlsx")
    again = ended(district, send(district, result.content, "名录-导入结果.xlsx").json()["id"])
    assert (again["accepted"], again["present"], again["refused"]) == (0, 2, 0)
    more = ended(district, send(district, made.workbook(), again="true").json()["id"])
    assert more["id"] != first["id"]
    assert (more["accepted"], more["present"]) == (0, 2)
    other = Stock()
    other.add(made.rows[0] | {"name": "另一家"}, "credit_code")
    refused = ended(district, send(district, other.workbook()).json()["id"])
    assert wrongs(other, district.get(f"{IMPORTS}/{refused['id']}/result.xlsx")) == []


def test_an_import_is_for_an_area_and_in_the_name_of_who_sent_it(district: RunningNode) -> None:
    token = {"Authorization": f"Bearer {district.token('street_staff', STREET)}"}
    made = Stock()
    made.add(filed(72000, STREET))
    made.add(filed(72001, "230102002"), "area")
    made.add(registered(72002, STREET), "track")
    sheet, kind = made.workbook(), {"Content-Type": XLSX}
    assert district.request("POST", IMPORTS, None, data=sheet, headers=kind | token).status_code == 403
    path = f"{IMPORTS}?area={STREET}"
    sent = district.request("POST", path, None, data=sheet, headers=kind | token)
    assert sent.status_code == 202, sent.text
    found = ended(district, sent.json()["id"])
    assert (found["accepted"], found["refused"]) == (1, 2)
    assert wrongs(made, district.get(f"{IMPORTS}/{found['id']}/result.xlsx")) == []
    elsewhere = {"Authorization": f"Bearer {district.token('street_staff', '230102002')}"}
    assert district.request("GET", f"{IMPORTS}/{found['id']}", None, headers=elsewhere).status_code == 403
    for headers, shown in ((token, True), (elsewhere, False)):
        listed = district.request("GET", IMPORTS, None, headers=headers).json()["items"]
        assert (found["id"] in [item["id"] for item in listed]) is shown


@pytest.mark.parametrize(
    ("data", "name", "code"),
    [
        ("名称,类型\n甲,乙\n".encode("gb18030"), "a.csv", "no-columns"),
        (b"PK\x03\x04", "d.xlsx", "not-a-workbook"),
    ],
)
def test_a_file_that_cannot_be_imported_says_why(
    district: RunningNode, data: bytes, name: str, code: str
) -> None:
    found = ended(district, send(district, data, name).json()["id"])
    assert (found["status"], found["problem"]["code"], found["total"]) == ("failed", code, None)
    assert all(
        len(found["problem"][part]) == 2 and all(found["problem"][part]) for part in ("detail", "remedy")
    )
    assert district.get(f"{IMPORTS}/{found['id']}/result.xlsx").status_code == 409


def test_the_gateway_passes_files_on_to_who_shows_a_good_token_only(district: RunningNode) -> None:
    big = b"x" * (LARGEST_FILE // 2)
    passed = send(district, big, "gross.csv", role="resident")
    assert (passed.status_code, passed.json()["type"]) == (403, "urn:hatchery:problem:role-needed")
    headers = {"Content-Type": "text/csv"}
    assert district.request("POST", IMPORTS, None, data=big, headers=headers).status_code == 413
    assert send(district, big * 2 + b"x", "gross.csv").status_code == 413


def test_the_template_offers_what_may_be_chosen_and_is_imported_as_it_is(district: RunningNode) -> None:
    answer = district.get(f"{IMPORTS}/template.xlsx", params={"area": STREET})
    book = openpyxl.load_workbook(io.BytesIO(answer.content))
    sheet, lists = book["社会组织"], book["lists"]
    assert [str(cell.value).rstrip("*") for cell in sheet[1]] == HEADERS
    assert sheet["E1"].comment is not None
    assert "credit_code" in sheet["E1"].comment.text
    assert lists.sheet_state == "hidden"
    offered = [[str(cell.value) for cell in column if cell.value] for column in lists.iter_cols()]
    assert offered[0][:2] == ["230102001 兆麟街道", "230102001001 " + str(offered[0][1])[13:]]
    assert all(code.startswith(STREET) for code in offered[0])
    assert offered[1:4] == [["登记", "备案"], ["社会团体", "民办非企业单位", "基金会"], offered[3]]
    rules = {str(rule.sqref)[0]: rule for rule in sheet.data_validations.dataValidation}
    assert set(rules) == {"A", "C", "D", "F", "I"}
    assert rules["C"].formula1 == "lists!$B$1:$B$2"
    sheet["A2"], sheet["B2"], sheet["C2"], sheet["H2"] = offered[0][0], "模板队", "备案", "2020-02-02"
    out = io.BytesIO()
    book.save(out)
    found = ended(district, send(district, out.getvalue(), "模板.xlsx").json()["id"])
    assert (found["accepted"], found["total"]) == (1, 1)


def test_what_is_left_of_an_import_is_cancelled(district: RunningNode) -> None:
    made = Stock([filed(73000 + number, STREET) for number in range(80)])
    one = send(district, made.workbook()).json()["id"]
    behind = send(district, Stock([filed(73999, STREET)]).workbook()).json()["id"]
    for identifier in (behind, one, one):
        answer = district.post(f"{IMPORTS}/{identifier}/cancellation")
        assert (answer.status_code, answer.json()["status"]) == (200, "cancelled"), answer.text
    assert district.get(f"{IMPORTS}/{behind}").json()["total"] is None
    again = send(district, made.workbook()).json()["id"]
    assert again not in (one, behind)
    rest = ended(district, again)
    assert rest["present"] + rest["accepted"] == 80
    late = district.post(f"{IMPORTS}/{again}/cancellation")
    assert (late.status_code, late.json()["field"]) == (422, "status")


def test_an_export_comes_back_as_it_went_and_nothing_in_it_runs(district: RunningNode) -> None:
    place = "230102003"
    evil = ["=1+1", "+86 451", "-5", "@SUM(A1)", "'quoted'", "＝cmd|' /C calc'!A0", 'a;b,c"d']
    for name in evil:
        body = {
            "area": place,
            "name": name,
            "track": "filed",
            "established_on": "2024-03-01",
            "category": name,
        }
        assert district.post("/api/registry/organisations", body).status_code == 201
    asked = {"area": place, "language": "zh"}
    text = district.get(f"{EXPORTS}.csv", params=asked).content.decode("utf-8-sig")
    rows = list(csv.DictReader(io.StringIO(text, newline="")))
    assert all(row["名称"][0] not in "=+-@＝" and row["类别"] == row["名称"] for row in rows)
    [sheet] = tables(district.get(f"{EXPORTS}.xlsx", params=asked))
    assert [row["名称"] for row in sheet] == [row["名称"] for row in rows]
    assert {row["状态"] for row in rows} == {"已申请"}
    # What was exported of one street is sent as if it were another's, all of it in force.
    moved = text.replace(place, "230102004").replace("已申请", "正常")
    found = ended(district, send(district, moved.encode("gb18030"), "moved.csv").json()["id"])
    assert (found["accepted"], found["refused"]) == (len(evil), 0)
    items = district.get("/api/registry/organisations", params={"area": "230102004"}).json()["items"]
    assert sorted(item["name"] for item in items) == sorted(evil)
    assert all(item["category"] == item["name"] for item in items)
    back = district.get(f"{EXPORTS}.xlsx", params={"area": "230102004"})
    once_more = ended(district, send(district, back.content, "back.xlsx").json()["id"])
    assert (once_more["present"], once_more["total"]) == (len(evil), len(evil))


def test_an_export_shows_what_its_reader_may_see(district: RunningNode) -> None:
    headers = {"Authorization": f"Bearer {district.token('street_staff', '230102003')}"}
    [sheet] = tables(district.request("GET", f"{EXPORTS}.xlsx", None, headers=headers))
    assert sheet
    assert {row["区划代码"] for row in sheet} == {"230102003"}
    beyond = district.request("GET", f"{EXPORTS}.xlsx?area={STREET}", None, headers=headers)
    assert beyond.status_code == 403
    assert district.get(f"{EXPORTS}.csv", "resident").status_code == 403
