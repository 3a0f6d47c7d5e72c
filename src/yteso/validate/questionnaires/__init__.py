"""Answers against their Questionnaire. Pure."""

from yteso.validate.questionnaires.judge import check_answers

__all__ = ["check_answers"]
