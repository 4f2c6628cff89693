"""What is told of sources and runs: tables, sentences, JSON, letters and feeds.

Everything here is a value or a text; whoever speaks to a person shows it.
"""

from __future__ import annotations

from harvester.telling.command import Reach, command_of, reach
from harvester.telling.letter import letter
from harvester.telling.machine import plain, plain_health
from harvester.telling.news import News, news, published
from harvester.telling.status import attention, details, status_table, waiting
from harvester.telling.tables import Table, answer_table, kinds_table, report_table
from harvester.telling.wording import OUTCOMES, SEVERITIES, labelled, reasons

__all__ = [
    "OUTCOMES",
    "SEVERITIES",
    "News",
    "Reach",
    "Table",
    "answer_table",
    "attention",
    "command_of",
    "details",
    "kinds_table",
    "labelled",
    "letter",
    "news",
    "plain",
    "plain_health",
    "published",
    "reach",
    "reasons",
    "report_table",
    "status_table",
    "waiting",
]
