"""The vocabularies of RML: the one at w3id.org/rml, and the older family that it replaces.

The older one parts the same words between R2RML, rml.io, its query languages and FNML. A document
is read by the local names of these words, so that one reader serves both; where a word has changed,
``RENAMED`` says how.
"""

from __future__ import annotations

from types import MappingProxyType
from typing import Final

RML: Final = "http://w3id.org/rml/"
R2RML: Final = "http://www.w3.org/ns/r2rml#"
OLD: Final = "http://semweb.mmlab.be/ns/rml#"
QL: Final = "http://semweb.mmlab.be/ns/ql#"
FNML: Final = "http://semweb.mmlab.be/ns/fnml#"
FNO: Final = "https://w3id.org/function/ontology#"
COMPRESSION: Final = "http://semweb.mmlab.be/ns/rml-compression#"
FORMATS: Final = "http://www.w3.org/ns/formats/"
D2RQ: Final = "http://www.wiwiss.fu-berlin.de/suhl/bizer/D2RQ/0.1#"
VOID: Final = "http://rdfs.org/ns/void#"
CSVW: Final = "http://www.w3.org/ns/csvw#"
DCAT: Final = "http://www.w3.org/ns/dcat#"
SD: Final = "http://www.w3.org/ns/sparql-service-description#"
TD: Final = "https://www.w3.org/2019/wot/td#"

NAMESPACES: Final = (RML + "ql/", RML + "comp/", RML + "enc/", RML, R2RML, OLD, QL, FNML)

RENAMED = MappingProxyType(
    {
        "column": "reference",
        "logicalTable": "logicalSource",
        "execution": "functionExecution",
        "valueMap": "inputValueMap",
    }
)
"""What the older vocabulary calls by another name than the newer one."""

PROPERTIES: Final = frozenset(
    {
        "logicalSource",
        "subjectMap",
        "subject",
        "predicateObjectMap",
        "baseIRI",
        "class",
        "graphMap",
        "graph",
        "predicateMap",
        "predicate",
        "objectMap",
        "object",
        "constant",
        "reference",
        "template",
        "termType",
        "languageMap",
        "language",
        "datatypeMap",
        "datatype",
        "parentTriplesMap",
        "joinCondition",
        "child",
        "parent",
        "childMap",
        "parentMap",
        "source",
        "referenceFormulation",
        "iterator",
        "root",
        "path",
        "encoding",
        "compression",
        "null",
        "namespace",
        "namespacePrefix",
        "namespaceURL",
        "query",
        "tableName",
        "sqlQuery",
        "sqlVersion",
        "functionExecution",
        "function",
        "functionMap",
        "input",
        "parameter",
        "parameterMap",
        "inputValueMap",
        "inputValue",
        "value",
        "return",
        "returnMap",
        "condition",
        "functionValue",
        "logicalTarget",
        "target",
        "serialization",
        "quotedTriplesMap",
        "mode",
        "strategy",
        "gather",
        "gatherAs",
        "allowEmptyListAndContainer",
        "viewOn",
        "field",
        "fieldName",
        "leftJoin",
        "innerJoin",
        "structuralAnnotation",
        "onFields",
        "targetView",
        "targetFields",
        "inverseExpression",
    }
)
"""The properties of these vocabularies, by local name: any other is a mistake."""

FORMULATIONS = MappingProxyType(
    {
        "CSV": "csv",
        "JSONPath": "jsonpath",
        "XPath": "xpath",
        "XPathReferenceFormulation": "xpath",
    }
)
"""Reference formulation → that of a plan."""


def local(iri: str) -> str:
    """The name of ``iri`` in these vocabularies, the newer one where they differ; else ""."""
    for namespace in NAMESPACES:
        if iri.startswith(namespace):
            name = iri.removeprefix(namespace)
            return RENAMED.get(name, name) if not namespace.startswith(RML) else name
    return ""
