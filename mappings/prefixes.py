"""Prefixes that every YARRRML document has without declaring them.

The specification takes them from the RDFa 1.1 initial context; the two namespaces of
functions are those of FnO's own examples.
"""

from __future__ import annotations

from types import MappingProxyType

_W3 = "http://www.w3.org/"

PREDEFINED = MappingProxyType(
    {
        "as": _W3 + "ns/activitystreams#",
        "cc": "http://creativecommons.org/ns#",
        "csvw": _W3 + "ns/csvw#",
        "dc": "http://purl.org/dc/terms/",
        "dc11": "http://purl.org/dc/elements/1.1/",
        "dcat": _W3 + "ns/dcat#",
        "dcterms": "http://purl.org/dc/terms/",
        "dqv": _W3 + "ns/dqv#",
        "duv": _W3 + "ns/duv#",
        "foaf": "http://xmlns.com/foaf/0.1/",
        "gr": "http://purl.org/goodrelations/v1#",
        "grel": "http://users.ugent.be/~bjdmeest/function/grel.ttl#",
        "ical": _W3 + "2002/12/cal/icaltzd#",
        "idlab-fn": "https://w3id.org/imec/idlab/function#",
        "ldp": _W3 + "ns/ldp#",
        "oa": _W3 + "ns/oa#",
        "odrl": _W3 + "ns/odrl/2/",
        "og": "http://ogp.me/ns#",
        "org": _W3 + "ns/org#",
        "owl": _W3 + "2002/07/owl#",
        "prov": _W3 + "ns/prov#",
        "qb": "http://purl.org/linked-data/cube#",
        "rdf": _W3 + "1999/02/22-rdf-syntax-ns#",
        "rdfa": _W3 + "ns/rdfa#",
        "rdfs": _W3 + "2000/01/rdf-schema#",
        "rev": "http://purl.org/stuff/rev#",
        "rr": _W3 + "ns/r2rml#",
        "schema": "http://schema.org/",
        "sd": _W3 + "ns/sparql-service-description#",
        "sioc": "http://rdfs.org/sioc/ns#",
        "skos": _W3 + "2004/02/skos/core#",
        "skosxl": _W3 + "2008/05/skos-xl#",
        "sosa": _W3 + "ns/sosa/",
        "ssn": _W3 + "ns/ssn/",
        "time": _W3 + "2006/time#",
        "v": "http://rdf.data-vocabulary.org/#",
        "vcard": _W3 + "2006/vcard/ns#",
        "void": "http://rdfs.org/ns/void#",
        "xhv": _W3 + "1999/xhtml/vocab#",
        "xsd": _W3 + "2001/XMLSchema#",
    }
)
"""Prefix → namespace."""

SCHEMES = frozenset(
    {"http", "https", "urn", "mailto", "tel", "geo", "tag", "ftp", "info", "file", "did", "data"}
)
"""IRI schemes, which are not taken for mistyped prefixes."""
