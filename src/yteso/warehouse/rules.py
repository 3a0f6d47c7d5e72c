"""The numbered reasons for which the warehouse does not work on a lake. Codes `WH-0xxx`."""

from yteso.base.issue import Rule, Severity

OTHER_DATABASE = Rule(
    "WH-0001",
    Severity.FATAL,
    "Kho số liệu {folder} được dựng từ một cơ sở dữ liệu khác; ghi tiếp vào đó sẽ bỏ sót dữ liệu.",
    "The lake {folder} was made from another database; going on with it would leave changes out.",
    "Trỏ YTESO_HOME và YTESO_DATABASE_URL về cùng một hệ thống, hoặc dừng hệ thống và đổi tên thư mục đó: "
    "kho số liệu được dựng lại từ cơ sở dữ liệu hiện tại.",
    "Point YTESO_HOME and YTESO_DATABASE_URL at the same installation, or stop the platform and rename that folder: "
    "the lake is made again from the present database.",
)
