"""A ``Plan`` → RML in the older vocabulary: R2RML, rml.io, FNML and D2RQ.

It is the only one that YARRRML's own validation suite and many engines know, and it says databases,
targets and quoted triples as well. Names and structure are those of that suite.
"""

from __future__ import annotations

import pyoxigraph as ox

from mappings.bases import resolved
from mappings.functions import Registry
from mappings.plan import (
    Argument,
    Call,
    Constant,
    Expression,
    Link,
    Plan,
    Reference,
    Template,
    TermMap,
)
from mappings.rml.dialects import block_of
from mappings.rml.vocabulary import COMPRESSION, CSVW, D2RQ, FNML, FORMATS, OLD, QL, R2RML, VOID
from mappings.rml.writer import TYPE, Dialect
from mappings.source import Source, Target
from mappings.turtle import Block, Name, Value

_R2RML = frozenset(
    {
        "TriplesMap",
        "SubjectMap",
        "PredicateMap",
        "ObjectMap",
        "GraphMap",
        "RefObjectMap",
        "LogicalTable",
        "predicateObjectMap",
        "predicateMap",
        "graphMap",
        "parentTriplesMap",
        "joinCondition",
        "child",
        "parent",
        "constant",
        "template",
        "termType",
        "datatype",
        "language",
        "IRI",
        "BlankNode",
        "Literal",
        "column",
        "logicalTable",
        "tableName",
        "sqlQuery",
        "sqlVersion",
    }
)

_STAR = frozenset({"subjectMap", "objectMap"})
_NAMES = {"functionExecution": "execution", "FunctionExecution": "Execution"}
_FNML = frozenset({"execution", "Execution", "function", "input", "Input", "parameter", "valueMap"})
_DIALECTS = {"sql2008": "SQL2008", "mysql": "MYSQL", "postgresql": "PostgreSQL", "oracle": "Oracle"}
_DRIVERS = {
    "mysql": "com.mysql.jdbc.Driver",
    "postgresql": "org.postgresql.Driver",
    "oracle": "oracle.jdbc.OracleDriver",
    "sqlserver": "com.microsoft.sqlserver.jdbc.SQLServerDriver",
}
_SERIALIZATIONS = {
    "turtle": "Turtle",
    "ntriples": "N-Triples",
    "nquads": "N-Quads",
    "rdfxml": "RDF_XML",
    "jsonld": "JSON-LD",
    "trig": "TriG",
}


def write_legacy(plan: Plan, registry: Registry) -> str:
    """``plan`` as a Turtle document in the older vocabulary."""
    return _Legacy(plan).document(registry)


class _Legacy(Dialect):
    namespaces = (("rr", R2RML), ("rml", OLD), ("ql", QL), ("fnml", FNML), ("csvw", CSVW))
    is_legacy = True

    def __init__(self, plan: Plan) -> None:
        super().__init__(resolved(plan))
        self.star = any(link.quoted for each in self.plan.triples_maps for link in each.links())
        self.executions = 0
        self.written = set[str]()

    def word(self, name: str) -> str:
        name = _NAMES.get(name, name)
        if name in _FNML:
            return FNML + name
        if name in _STAR:
            return (OLD if self.star else R2RML) + name
        return (R2RML if name in _R2RML else OLD) + name

    def triples_map(self, name: Name) -> Block:
        self.executions = 0
        for target in sorted({each for term_map in self.map.terms() for each in term_map.targets}):
            self._target(target)
        block = super().triples_map(name)
        if not self.map.asserted:
            block.add(TYPE, ox.NamedNode(OLD + "NonAssertedTriplesMap"))
        return block

    def _target(self, name: str) -> None:
        """Describe a target, once for the document."""
        if name in self.written:
            return
        self.written.add(name)
        target = dict(self.plan.targets).get(name, Target(""))
        block = Block(Name(name))
        block.add(TYPE, ox.NamedNode(OLD + "LogicalTarget"))
        dataset = Block()
        dataset.add(TYPE, ox.NamedNode(VOID + "Dataset"))
        dataset.add(VOID + "dataDump", Name(target.access))
        block.add(OLD + "target", dataset)
        if target.serialization:
            name = _SERIALIZATIONS.get(target.serialization, target.serialization)
            block.add(OLD + "serialization", ox.NamedNode(FORMATS + name))
        if target.compression:
            block.add(OLD + "compression", ox.NamedNode(COMPRESSION + target.compression))
        self.more.append(block)

    def source(self, block: Block, source: Source) -> None:
        database = source.database
        if database is None:
            super().source(block, source)
            return
        dialect = _DIALECTS.get(database.dialect, database.dialect)
        if not source.access:
            table = self.typed("LogicalTable")
            if database.table:
                table.add(self.word("tableName"), ox.Literal(database.table))
            else:
                table.add(self.word("sqlQuery"), ox.Literal(database.query))
            table.add(self.word("sqlVersion"), ox.NamedNode(R2RML + dialect))
            block.add(self.word("logicalTable"), table)
            return
        name = f"DataSource_{database.name}"
        logical = self.typed("LogicalSource")
        logical.add(OLD + "source", Name(name))
        logical.add(OLD + "query", ox.Literal(database.query or _every_row(database.table)))
        logical.add(self.word("sqlVersion"), ox.NamedNode(R2RML + dialect))
        logical.add(OLD + "referenceFormulation", self.formulation(source))
        block.add(OLD + "logicalSource", logical)
        if name not in self.written:
            self.written.add(name)
            self.more.append(_data_source(name, source))

    def formulation(self, source: Source) -> Value:
        names = {"csv": "CSV", "jsonpath": "JSONPath", "xpath": "XPath"}
        return ox.NamedNode(QL + names.get(source.formulation, source.formulation))

    def access(self, source: Source) -> Value:
        """The name of the file; a table of a form of its own is described by CSVW."""
        dialect = block_of(source.dialect)
        if not source.is_utf8:
            dialect.add(CSVW + "encoding", ox.Literal(source.encoding))
        if source.formulation != "csv" or not dialect.facts:
            return ox.Literal(source.address or source.access)
        table = Block()
        table.add(TYPE, ox.NamedNode(CSVW + "Table"))
        table.add(CSVW + "url", ox.Literal(source.address or source.access))
        table.add(CSVW + "dialect", dialect)
        return table

    def link(self, link: Link, number: int, position: str) -> Block:
        if not link.quoted:
            return super().link(link, number, position)
        if position == "object" and link.joins:
            block = self.typed("RefObjectMap")
        else:
            block = Block()
            block.add(TYPE, ox.NamedNode(OLD + "StarMap"))
        block.add(OLD + "quotedTriplesMap", Name(f"{link.parent}_{number}"))
        self.joins(block, link)
        return block

    def term_type(self, block: Block, term_map: TermMap, position: str) -> None:
        """As elsewhere, but over an SQL table: R2RML documents say the types that are stated."""
        if not term_map.stated and self._is_table() and isinstance(term_map.expression, Template):
            return
        super().term_type(block, term_map, position)

    def _is_table(self) -> bool:
        return any(each.database is not None and not each.access for each in self.map.sources)

    def expression(self, block: Block, expression: Expression) -> None:
        if isinstance(expression, Reference) and self._is_table():
            block.add(self.word("column"), ox.Literal(self.reference(expression)))
        else:
            super().expression(block, expression)

    def reference(self, reference: Reference) -> str:
        """As it is written, but that morph-kgc finds no field behind ``$.``."""
        written = reference.path.written or str(reference.path)
        return written if written.startswith("$..") else written.removeprefix("$.")

    def call(self, block: Block, call: Call) -> None:
        """An execution has a name of its own, after the triples map that it is made for."""
        name = Name(f"function_{self.map.name}_{self.executions}")
        self.executions += 1
        execution = self.typed("FunctionExecution", name)
        self.more.append(execution)
        execution.add(self.word("function"), ox.NamedNode(call.function))
        for argument in call.arguments:
            execution.add(self.word("input"), self.argument(argument))
        block.add(self.word("functionExecution"), name)

    def argument(self, argument: Argument) -> Block:
        block = self.typed("Input")
        block.add(self.word("parameter"), ox.NamedNode(argument.parameter))
        inner = Block()
        if not isinstance(argument.value, Call):
            inner.add(TYPE, ox.NamedNode(FNML + "ValueMap"))
        if isinstance(argument.value, Constant):
            inner.add(self.word("constant"), ox.Literal(argument.value.text))
        else:
            self.expression(inner, argument.value)
        block.add(self.word("valueMap"), inner)
        return block


def _every_row(table: str) -> str:
    return f"SELECT * FROM {table}"  # noqa: S608  # written down for others, never run here


def _data_source(name: str, source: Source) -> Block:
    database = source.database
    assert database is not None  # noqa: S101  # for the type checker: the caller has seen to it
    block = Block(Name(name))
    block.add(TYPE, ox.NamedNode(D2RQ + "Database"))
    block.add(D2RQ + "jdbcDSN", ox.Literal(source.access))
    block.add(D2RQ + "jdbcDriver", ox.Literal(_DRIVERS.get(database.type, database.type)))
    for key, value in (("username", database.username), ("password", database.password)):
        if value:
            block.add(D2RQ + key, ox.Literal(value))
    return block
