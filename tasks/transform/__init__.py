"""Rows become records that mean something: labels, words for codes, local dates, names for keys."""

from tasks.transform.explain import Explained, explain
from tasks.transform.records import FieldInfo, FileRef, Gap, Record, Section, Value

__all__ = ["Explained", "FieldInfo", "FileRef", "Gap", "Record", "Section", "Value", "explain"]
