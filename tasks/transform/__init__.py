"""Rows become records that mean something: labels, words for codes, local dates, names for keys."""

from tasks.transform.block import Block
from tasks.transform.cells import Cell, Cells, cell, raws, told, value_of, words
from tasks.transform.explain import Explained, explain
from tasks.transform.outline import Item, outline
from tasks.transform.records import EMPTY, FieldInfo, FileRef, Gap, Line, Record, Section, Summary, Value
from tasks.transform.redact import Redaction, Redactor, apply
from tasks.transform.suspects import Suspicion, suspected

__all__ = [
    "EMPTY",
    "Block",
    "Cell",
    "Cells",
    "Explained",
    "FieldInfo",
    "FileRef",
    "Gap",
    "Item",
    "Line",
    "Record",
    "Redaction",
    "Redactor",
    "Section",
    "Summary",
    "Suspicion",
    "Value",
    "apply",
    "cell",
    "explain",
    "outline",
    "raws",
    "suspected",
    "told",
    "value_of",
    "words",
]
