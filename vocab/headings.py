"""The words around the terms on the pages of the vocabulary, in French and in English."""

from __future__ import annotations

from types import MappingProxyType

WORDS = MappingProxyType(
    {
        "fr": MappingProxyType(
            {
                "picture": "Les classes et leurs propriétés",
                "contents": "Sommaire",
                "schemes": "Listes de concepts",
                "owl:Class": "Classes",
                "properties": "Propriétés",
                "rdfs:Datatype": "Types de codes",
                "concepts": "Concepts",
                "owl:versionInfo": "Version",
                "dcterms:issued": "Parue le",
                "dcterms:license": "Licence",
                "dcterms:bibliographicCitation": "À citer ainsi",
                "vann:preferredNamespacePrefix": "Préfixe",
                "vann:preferredNamespaceUri": "Espace de noms",
                "rdfs:subClassOf": "Précise la classe",
                "rdfs:subPropertyOf": "Précise la propriété",
                "schema:domainIncludes": "S'emploie sur",
                "schema:rangeIncludes": "Ses valeurs sont",
                "rdfs:seeAlso": "Voir aussi",
                "dcterms:source": "Source",
                "vs:term_status": "État",
                "skos:altLabel": "Se dit aussi",
                "skos:broader": "Fait partie de",
                "narrower": "Comprend",
                "skos:notation": "Codes",
                "skos:exactMatch": "Même chose que",
                "skos:closeMatch": "Proche de",
                "skos:broadMatch": "Plus précis que",
                "skos:narrowMatch": "Plus large que",
                "skos:relatedMatch": "En rapport avec",
            }
        ),
        "en": MappingProxyType(
            {
                "picture": "The classes and their properties",
                "contents": "Contents",
                "schemes": "Concept schemes",
                "owl:Class": "Classes",
                "properties": "Properties",
                "rdfs:Datatype": "Kinds of code",
                "concepts": "Concepts",
                "owl:versionInfo": "Version",
                "dcterms:issued": "Issued",
                "dcterms:license": "Licence",
                "dcterms:bibliographicCitation": "Cite as",
                "vann:preferredNamespacePrefix": "Prefix",
                "vann:preferredNamespaceUri": "Namespace",
                "rdfs:subClassOf": "Extends the class",
                "rdfs:subPropertyOf": "Extends the property",
                "schema:domainIncludes": "Used on",
                "schema:rangeIncludes": "Its values are",
                "rdfs:seeAlso": "See also",
                "dcterms:source": "Source",
                "vs:term_status": "Status",
                "skos:altLabel": "Also called",
                "skos:broader": "Part of",
                "narrower": "Includes",
                "skos:notation": "Codes",
                "skos:exactMatch": "Same as",
                "skos:closeMatch": "Close to",
                "skos:broadMatch": "Narrower than",
                "skos:narrowMatch": "Broader than",
                "skos:relatedMatch": "Related to",
            }
        ),
    }
)
"""Language → the words around the terms; a prefixed name is the heading of its values."""
