"""The numbered rules of reading a BHYT file (BHYT-0xxx): envelope, tables, rows. Declared here only."""

from __future__ import annotations

from yteso.base.issue import Rule, Severity

_ENVELOPE = "QĐ 130/QĐ-BYT và công văn 1245/BHXH-CNTT (03/5/2024) mục 3.4"
_ERROR, _WARNING, _FATAL = Severity.ERROR, Severity.WARNING, Severity.FATAL

NOT_XML = Rule(
    "BHYT-0001",
    _FATAL,
    "Nội dung gửi không phải là tệp XML",
    "what was sent is not an XML file",
    "Gửi tệp XML do phần mềm khám chữa bệnh xuất ra",
    "send the XML file your hospital software exports",
    basis=_ENVELOPE,
)
UNKNOWN_ROOT = Rule(
    "BHYT-0002",
    _FATAL,
    "Thẻ gốc của tệp không phải GIAMDINHHS hoặc CHI_TIEU_TRANG_THAI_KCB",
    "the root element is neither GIAMDINHHS nor CHI_TIEU_TRANG_THAI_KCB",
    "Xuất lại tệp theo đúng khuôn dạng của Quyết định 130/QĐ-BYT",
    "export the file again in the format of QĐ 130/QĐ-BYT",
    basis=_ENVELOPE,
)
DOCTYPE = Rule(
    "BHYT-0003",
    _FATAL,
    "Tệp có khai báo DOCTYPE; hệ thống không nhận vì lý do an toàn",
    "the file holds a DOCTYPE declaration, which is refused for safety",
    "Bỏ dòng <!DOCTYPE …> khỏi tệp",
    "remove the <!DOCTYPE …> line from the file",
    basis="OWASP XML External Entity Prevention",
)
UNKNOWN_ENCODING = Rule(
    "BHYT-0004",
    _WARNING,
    "Bảng mã khai báo ở đầu XML không được hỗ trợ; đã đọc theo UTF-8",
    "the declared encoding is not supported; read as UTF-8",
    'Khai báo encoding="utf-8" và lưu tệp bằng UTF-8',
    'declare encoding="utf-8" and store the file as UTF-8',
    basis="W3C XML 1.0 §4.3.3",
)
TRUNCATED = Rule(
    "BHYT-0005",
    _ERROR,
    "Tệp bị cắt cụt giữa hồ sơ thứ {position}",
    "the file ends in the middle of visit number {position}",
    "Gửi lại tệp đầy đủ",
    "send the complete file again",
    basis=_ENVELOPE,
)
COUNT_DIFFERS = Rule(
    "BHYT-0006",
    _WARNING,
    "SOLUONGHOSO ghi {declared} nhưng tệp có {found} hồ sơ",
    "SOLUONGHOSO says {declared} but the file holds {found} visits",
    "Kiểm tra tệp có thiếu hồ sơ không và ghi đúng số lượng",
    "check whether visits are missing and correct the number",
    basis=_ENVELOPE,
)
NO_VISITS = Rule(
    "BHYT-0007",
    _ERROR,
    "Tệp không có hồ sơ nào",
    "the file holds no visit",
    "Kiểm tra phần DANHSACHHOSO của tệp",
    "check the DANHSACHHOSO part of the file",
    basis=_ENVELOPE,
)
BROKEN_VISIT = Rule(
    "BHYT-0008",
    _ERROR,
    "Hồ sơ thứ {position} không phải XML hợp lệ nên không đọc được",
    "visit number {position} is not well-formed XML and cannot be read",
    "Kiểm tra thẻ mở, thẻ đóng và ký tự đặc biệt (&, <) trong hồ sơ này",
    "check opening and closing tags and special characters (&, <) in this visit",
    basis="W3C XML 1.0 §2.1",
)
VISIT_TOO_LARGE = Rule(
    "BHYT-0009",
    _ERROR,
    "Hồ sơ thứ {position} lớn hơn {limit} MB",
    "visit number {position} is larger than {limit} MB",
    "Kiểm tra nội dung hồ sơ; một hồ sơ bình thường nhỏ hơn nhiều",
    "check the content of the visit; a normal visit is far smaller",
)
UNKNOWN_TABLE = Rule(
    "BHYT-0010",
    _WARNING,
    "Loại hồ sơ (LOAIHOSO) không thuộc XML0–XML15; bảng này được lưu nguyên bản nhưng không đọc",
    "LOAIHOSO is none of XML0–XML15; this table is kept as it came but not read",
    "Ghi LOAIHOSO từ XML1 đến XML15 theo đúng bảng",
    "give LOAIHOSO as XML1 to XML15, as the table is",
    basis="QĐ 130/QĐ-BYT, QĐ 4750/QĐ-BYT",
)
BAD_BASE64 = Rule(
    "BHYT-0011",
    _ERROR,
    "NOIDUNGFILE của bảng {table} không phải base64 hợp lệ",
    "NOIDUNGFILE of table {table} is not valid base64",
    "Mã hoá lại nội dung bảng bằng base64 (RFC 4648)",
    "encode the table's content in base64 (RFC 4648) again",
    basis=_ENVELOPE,
)
CONTENT_TOO_LARGE = Rule(
    "BHYT-0012",
    _ERROR,
    "NOIDUNGFILE của bảng {table} lớn hơn {limit} MB; bảng này không được đọc",
    "NOIDUNGFILE of table {table} is larger than {limit} MB; the table was not read",
    "Kiểm tra nội dung bảng; không chèn ảnh hoặc tệp khác vào NOIDUNGFILE",
    "check the table's content; do not put pictures or other files into NOIDUNGFILE",
)
BROKEN_TABLE = Rule(
    "BHYT-0013",
    _ERROR,
    "Nội dung bảng {table} không phải XML hợp lệ nên không đọc được",
    "the content of table {table} is not well-formed XML and cannot be read",
    "Kiểm tra thẻ mở, thẻ đóng và ký tự đặc biệt (&, <) trong bảng",
    "check opening and closing tags and special characters (&, <) in the table",
    basis="W3C XML 1.0 §2.1",
)
EMPTY_TABLE = Rule(
    "BHYT-0014",
    _WARNING,
    "Bảng {table} được gửi nhưng không có dòng nào",
    "table {table} was sent without any row",
    "Không gửi bảng rỗng, hoặc kiểm tra tên các thẻ trong bảng",
    "leave empty tables out, or check the element names in the table",
    basis=_ENVELOPE,
)
TOO_MANY_ROWS = Rule(
    "BHYT-0015",
    _ERROR,
    "Bảng {table} có hơn {limit} dòng trong một hồ sơ",
    "table {table} has more than {limit} rows in one visit",
    "Kiểm tra dữ liệu có bị lặp hoặc gộp nhiều lượt khám không",
    "check whether rows are repeated or several visits were merged",
)
NO_MA_LK = Rule(
    "BHYT-0016",
    _ERROR,
    "Hồ sơ thứ {position} không có MA_LK ở bảng nào",
    "visit number {position} has no MA_LK in any table",
    "Ghi MA_LK ở mọi bảng của hồ sơ",
    "give MA_LK in every table of the visit",
    basis="QĐ 130/QĐ-BYT, trường MA_LK (khóa liên kết)",
)
ROW_WITHOUT_MA_LK = Rule(
    "BHYT-0017",
    _ERROR,
    "Dòng này không có MA_LK",
    "this row has no MA_LK",
    "Ghi MA_LK của hồ sơ ở mọi dòng",
    "give the visit's MA_LK in every row",
    basis="QĐ 130/QĐ-BYT, trường MA_LK (khóa liên kết)",
)
OTHER_MA_LK = Rule(
    "BHYT-0018",
    _ERROR,
    "MA_LK của dòng này khác MA_LK của hồ sơ",
    "MA_LK of this row differs from the visit's MA_LK",
    "Kiểm tra dòng này có thuộc hồ sơ khác không; mọi bảng của một hồ sơ dùng chung một MA_LK",
    "check whether the row belongs to another visit; all tables of a visit share one MA_LK",
    basis="QĐ 130/QĐ-BYT, trường MA_LK (khóa liên kết)",
)
DUPLICATE_MA_LK = Rule(
    "BHYT-0019",
    _ERROR,
    "MA_LK của hồ sơ thứ {position} đã dùng cho hồ sơ thứ {first} trong cùng tệp với nội dung khác",
    "the MA_LK of visit number {position} was used by visit number {first} of this file with other content",
    "Mỗi lượt khám có một MA_LK riêng; nếu là bản sửa thì chỉ gửi bản cuối",
    "give each visit its own MA_LK; of a corrected visit send only the last version",
    basis="QĐ 130/QĐ-BYT, trường MA_LK (PRIMARY KEY)",
)
REPEATED_VISIT = Rule(
    "BHYT-0020",
    _WARNING,
    "Hồ sơ thứ {position} lặp lại y hệt hồ sơ thứ {first}; chỉ ghi nhận một lần",
    "visit number {position} repeats visit number {first} exactly; it counts once",
    "Không gửi lặp hồ sơ trong một tệp",
    "do not repeat a visit within one file",
)
BAD_CHARACTERS = Rule(
    "BHYT-0021",
    _ERROR,
    "Trường này chứa ký tự không đọc được (sai UTF-8 hoặc ký tự điều khiển)",
    "this field holds characters that cannot be read (invalid UTF-8 or control characters)",
    "Kiểm tra bảng mã khi xuất tệp (UTF-8) và bỏ ký tự điều khiển",
    "check the encoding of the export (UTF-8) and remove control characters",
    basis="W3C XML 1.0 §2.2; RFC 3629",
)
TABLE_NAME_DIFFERS = Rule(
    "BHYT-0022",
    _WARNING,
    "LOAIHOSO ghi khác với nội dung; đã đọc theo nội dung là bảng {table}",
    "LOAIHOSO disagrees with the content; read as table {table}, as the content says",
    "Ghi LOAIHOSO đúng với bảng trong NOIDUNGFILE",
    "give the LOAIHOSO of the table inside NOIDUNGFILE",
    basis=_ENVELOPE,
)
TABLE_TWICE = Rule(
    "BHYT-0023",
    _ERROR,
    "Bảng {table} chỉ có một dòng cho mỗi hồ sơ nhưng được gửi nhiều lần",
    "table {table} has one row per visit but was sent more than once",
    "Chỉ gửi một bảng {table} trong mỗi hồ sơ",
    "send table {table} once per visit",
    basis="QĐ 130/QĐ-BYT",
)
BARE_AMPERSAND = Rule(
    "BHYT-0024",
    _WARNING,
    "Bảng {table} có ký tự & chưa mã hoá; đã hiểu là &amp;",
    "table {table} holds an unescaped &; read as &amp;",
    "Mã hoá & thành &amp; khi xuất XML",
    "escape & as &amp; when exporting XML",
    basis="W3C XML 1.0 §2.4",
)
LEGACY_LAYER = Rule(
    "BHYT-0025",
    Severity.INFORMATION,
    "Hồ sơ theo Quyết định 4210/QĐ-BYT (đã hết hiệu lực); được chuyển sang tên trường của Quyết định 130",
    "the visit follows QĐ 4210/QĐ-BYT (expired); its fields were given the names of QĐ 130",
    "Chỉ dùng khuôn dạng 4210 cho dữ liệu trước 01/7/2024",
    "use the 4210 format only for data before 1 July 2024",
    basis="QĐ 4210/QĐ-BYT 2017; QĐ 4750/QĐ-BYT 2023",
)
FIELD_TWICE = Rule(
    "BHYT-0026",
    _ERROR,
    "Trường này xuất hiện nhiều lần trong một dòng với giá trị khác nhau",
    "this field appears more than once in a row with different values",
    "Chỉ ghi mỗi trường một lần trong một dòng",
    "give each field once per row",
    basis="QĐ 130/QĐ-BYT",
)
NO_TABLES = Rule(
    "BHYT-0027",
    _ERROR,
    "Hồ sơ thứ {position} không có bảng nào đọc được",
    "visit number {position} holds no readable table",
    "Kiểm tra các thẻ FILEHOSO, LOAIHOSO, NOIDUNGFILE của hồ sơ",
    "check FILEHOSO, LOAIHOSO and NOIDUNGFILE of the visit",
    basis=_ENVELOPE,
)
COUNT_NO_NUMBER = Rule(
    "BHYT-0028",
    _WARNING,
    "SOLUONGHOSO không phải là số",
    "SOLUONGHOSO is not a number",
    "Ghi số hồ sơ có trong tệp bằng chữ số",
    "give the number of visits in the file in digits",
    basis=_ENVELOPE,
)
