"""A published generation of a small territory, hostile text included."""

import asyncio
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from datetime import UTC, datetime
from pathlib import Path

import httpx
import pyoxigraph as ox
import pytest
import uvicorn
from starlette.types import ASGIApp

from sparql.values import Limits
from store.changes import Changeset, Delta
from store.embedded import EmbeddedStore
from store.generations import Generations
from vocab import PREFIXES
from web.app import create
from web.server import listen

BASE = "https://data.example/"
NOW = datetime(2026, 11, 21, 23, 30, tzinfo=UTC)  # in the territory it is already the 22nd

CANONICAL = """
<id/event/concert> a schema:Event ; schema:name "Concert d’hiver"@fr ;
  schema:startDate "2026-11-25T19:30:00Z"^^xsd:dateTime ;
  schema:endDate "2026-11-25T21:00:00Z"^^xsd:dateTime ;
  schema:location <id/event/concert#location> ; schema:organizer <id/organization/comite> ;
  schema:url <https://comite.example/concert> ; eb:theme ebc:theme ;
  prov:wasDerivedFrom <id/record/comite/concert> .
<id/event/concert#location> a schema:Place ; schema:name "Salle des fêtes"@fr ;
  eb:commune <id/commune/73081> .
<id/commune/73081> a schema:AdministrativeArea ; schema:name "Le Châtelard"@fr ;
  schema:latitude 45.6809 ; schema:longitude 6.1290 .
<id/organization/comite> a schema:Organization ; schema:name "Comité des fêtes"@fr .
ebc:theme skos:prefLabel "Culture et arts"@fr, "Culture and arts"@en .
<id/event/marche> a schema:Event ; schema:name "Marché de Noël"@fr ;
  schema:startDate "2026-11-28"^^xsd:date ; schema:endDate "2026-11-30"^^xsd:date ;
  prov:wasDerivedFrom <id/record/mairie/a%20b>, <id/record/comite/1/20261128> ;
  eb:theme ebc:local .
ebc:local skos:prefLabel "Vie locale"@fr .
<id/event/expo> a schema:Event ; schema:name "Exposition"@fr ;
  schema:startDate "2026-11-02"^^xsd:date ; schema:endDate "2026-11-22"^^xsd:date .
<id/event/stage> a schema:Event ; schema:name "Stage de nuit"@fr ;
  schema:startDate "2026-11-21T20:00:00Z"^^xsd:dateTime ;
  schema:endDate "2026-11-21T23:30:00Z"^^xsd:dateTime .
<id/event/annule> a schema:Event ; schema:name "Loto"@fr ;
  schema:startDate "2026-11-24"^^xsd:date ; schema:eventStatus schema:EventCancelled ;
  prov:wasDerivedFrom <id/record/mairie/loto> .
<id/event/hier> a schema:Event ; schema:name "Hier"@fr ;
  schema:startDate "2026-11-21"^^xsd:date .
<id/event/veille> a schema:Event ; schema:name "Fini à minuit"@fr ;
  schema:startDate "2026-11-21T20:00:00Z"^^xsd:dateTime ;
  schema:endDate "2026-11-21T23:00:00Z"^^xsd:dateTime .
<id/event/loin> a schema:Event ; schema:name "Trop loin"@fr ;
  schema:startDate "2026-11-28T23:00:00Z"^^xsd:dateTime .
<id/event/lointain> a schema:Event ; schema:name "Au bout du temps"@fr ;
  schema:startDate "2026-11-23"^^xsd:date ; schema:endDate "12026-11-23"^^xsd:date .
<id/event/hostile> a schema:Event ; schema:name "<script>alert(1)</script>"@fr ;
  schema:startDate "2026-11-23"^^xsd:date ; schema:url <javascript:alert(1)> .
<id/place/fab> a eb:ThirdPlace, schema:Place ; schema:name "Fab"@fr ; eb:placeType ebc:fablab .
ebc:fablab skos:prefLabel "Fablab"@fr, "Fablab"@en .

<id/event/atelier/20261205> a schema:Event ; schema:name "Atelier de réparation"@fr ;
  schema:startDate "2026-12-05T14:00:00+01:00"^^xsd:dateTime ;
  schema:endDate "2026-12-05T17:00:00+01:00"^^xsd:dateTime ;
  schema:superEvent <id/series/atelier> ; schema:isAccessibleForFree true ;
  schema:location <id/place/fab> ; eb:audience ebc:tous ; eb:commune <id/commune/73081> ;
  schema:description "On répare ensemble : vélos, grille-pain & cie.\\nAmenez vos <outils>."@fr ;
  schema:dateModified "2026-11-01T10:00:00Z"^^xsd:dateTime ;
  prov:wasDerivedFrom <id/record/comite/atelier/20261205>, <id/record/mairie/atelier> .
<id/event/atelier/20261212> a schema:Event ; schema:name "Atelier de réparation"@fr ;
  schema:startDate "2026-12-12T14:00:00+01:00"^^xsd:dateTime ;
  schema:superEvent <id/series/atelier> ;
  eb:noLongerAnnouncedSince "2026-11-20T06:00:00Z"^^xsd:dateTime ;
  prov:wasDerivedFrom <id/record/comite/atelier/20261212> .
<id/event/retire> schema:name "Bal retiré"@fr ;
  schema:startDate "2026-11-26"^^xsd:date ; prov:invalidatedAtTime "2026-11-19T06:00:00Z" ;
  eb:noLongerAnnouncedSince "2026-11-18T06:00:00Z"^^xsd:dateTime ;
  prov:wasDerivedFrom <id/record/comite/retire> .
<id/series/atelier> a schema:EventSeries ; schema:name "Ateliers du samedi"@fr ;
  schema:startDate "2026-12-05T14:00:00+01:00"^^xsd:dateTime ;
  prov:wasDerivedFrom <id/record/comite/atelier> .
ebc:tous skos:prefLabel "Tout public"@fr, "Everybody"@en .
<id/place/fab> schema:geo <id/place/fab#geo> ; schema:address <id/place/fab#address> ;
  eb:service ebc:reparer ; eb:commune <id/commune/73081> ; eb:openingHoursOsm "Sa 10:00-17:00" ;
  schema:url <https://fab.example/> ; prov:wasDerivedFrom <id/record/mairie/fab> .
<id/place/fab#geo> a schema:GeoCoordinates ; schema:latitude 45.69 ; schema:longitude 6.13 .
<id/place/fab#address> a schema:PostalAddress ; schema:streetAddress "Le Bourg" ;
  schema:postalCode "73630" ; schema:addressLocality "Le Châtelard" .
ebc:reparer skos:prefLabel "Réparer"@fr, "Repair"@en .
<id/organization/comédie> a schema:NGO ; schema:name "Comédie"@fr ; eb:actorKind ebc:asso .
<id/place/jardin> a schema:Place ; schema:name "Jardin partagé"@fr ;
  eb:pinnedSince "2026-11-20T08:00:00Z"^^xsd:dateTime ;
  schema:geo <id/place/jardin#geo> ; prov:wasDerivedFrom <id/record/mairie/jardin> .
<id/place/jardin#geo> a schema:GeoCoordinates ; schema:latitude 45.70 ; schema:longitude 6.14 .
<id/article/lettre> a schema:Article ; schema:name "La lettre du comité"@fr ;
  schema:image <https://comite.example/photo.jpg> ;
  schema:mentions <https://comite.example/docs/Guide_des-associations%202026.pdf>,
    <javascript:x.pdf>, <https://comite.example/page> ;
  schema:url <https://comite.example/lettre> ; eb:commune <id/commune/73081> ;
  schema:datePublished "2026-11-19T08:00:00Z"^^xsd:dateTime ;
  prov:wasDerivedFrom <id/record/comite/lettre> .
<id/service/demarches> a schema:Service ; schema:name "Aide aux démarches"@fr ;
  schema:provider <id/service/demarches#provider> ; eb:commune <id/commune/73081> ;
  schema:availableChannel <id/service/demarches#channel> ; eb:pricing ebc:gratuit ;
  prov:wasDerivedFrom <id/record/mairie/demarches> .
<id/service/demarches#provider> a schema:Organization ; schema:name "Comédie"@fr ;
  schema:telephone "+33465710033" .
<id/service/demarches#channel> a schema:ServiceChannel ;
  schema:serviceLocation <id/service/demarches#location> ;
  schema:servicePostalAddress <id/service/demarches#address> ;
  schema:serviceUrl <https://comedie.example/rdv> .
<id/service/demarches#location> a schema:Place ; schema:name "Aide aux démarches"@fr ;
  schema:geo <id/service/demarches#geo> .
<id/service/demarches#geo> a schema:GeoCoordinates ;
  schema:latitude 45.75 ; schema:longitude 6.20 .
<id/service/demarches#address> a schema:PostalAddress ; schema:streetAddress "2 rue du Four" .
ebc:gratuit skos:prefLabel "Gratuit"@fr, "Free"@en .
<id/article/guide> a schema:Article, schema:LearningResource ;
  schema:name "Monter un repair café"@fr ; schema:url <https://wiki.example/repair> ;
  prov:wasDerivedFrom <id/record/comite/guide> .
<id/event/chez-cache> a schema:Event ; schema:name "Bal masqué"@fr ;
  schema:startDate "2027-02-20"^^xsd:date ; schema:location <id/place/cache> ;
  prov:wasDerivedFrom <id/record/comite/bal> .
<id/event/piege> a schema:Event ;
  schema:name "</title><img src=x onerror=alert(1)> \u202etxt.exe ]]> & fin"@fr ;
  schema:description "<script>alert(2)</script>\\n<b onclick='x'>gras \\u0007"@fr ;
  schema:location <id/event/piege#location> ; schema:organizer <id/event/piege#organizer> ;
  schema:url <javascript:alert(3)> ; schema:startDate "2026-12-20"^^xsd:date ;
  prov:wasDerivedFrom <id/record/foyer/piege> .
<id/event/piege#location> a schema:Place ; schema:name "\\"><svg onload=alert(4)>"@fr .
<id/event/piege#organizer> a schema:Organization ; schema:name "'\\"><i>ORG"@fr .
"""
RECORDS = """
<id/record/mairie/salle> a schema:Place ; schema:name "Salle cachée"@fr ;
  schema:description "Fermée au public"@fr .
<id/record/comite/atelier/20261205> a schema:Event ; schema:name "Atelier de réparation"@fr ;
  schema:startDate "2026-12-05T14:00:00+01:00"^^xsd:dateTime .
<id/record/mairie/atelier> a schema:Event ; schema:name "Repair café"@fr ;
  schema:url <https://mairie.example/repair> ;
  schema:startDate "2026-12-05T14:30:00+01:00"^^xsd:dateTime .
"""
TOMBSTONES = """
<id/event/cache> a eb:Tombstone ; eb:formerType "https://schema.org/Event" ;
  prov:wasDerivedFrom <id/record/foyer/cache> ; prov:wasAttributedTo <id/editor/Camille> ;
  dcterms:description "publicité <b>"@fr ;
  prov:invalidatedAtTime "2026-11-19T06:00:00Z"^^xsd:dateTime .
<id/place/cache> a eb:Tombstone ; eb:formerType "https://schema.org/Place" ;
  prov:wasDerivedFrom <id/record/mairie/salle> ; prov:wasAttributedTo <id/editor/Camille> ;
  prov:invalidatedAtTime "2026-11-19T06:00:00Z"^^xsd:dateTime .
<id/event/parti> a eb:Tombstone ; eb:formerType "https://schema.org/Event" ;
  prov:invalidatedAtTime "2026-11-18T06:00:00Z"^^xsd:dateTime .
"""
PROVENANCE = """
<id/editor/Camille> a prov:Agent ; schema:name "Camille" .
<id/event/atelier/20261205#curation-name> a rdf:Statement ;
  schema:about <id/event/atelier/20261205> ; rdf:subject <id/event/atelier/20261205> ;
  rdf:predicate schema:name ; rdf:object "Atelier de réparation"@fr ;
  prov:generatedAtTime "2026-11-20T08:00:00Z"^^xsd:dateTime ; dcterms:description "nom usuel"@fr ;
  prov:wasAttributedTo <id/editor/Camille> .
<id/source/comite> a dcat:Dataset ; dcterms:title "Agenda du comité"@fr ;
  dcterms:publisher "Comité & Cie"@fr .
<id/source/mairie> a dcat:Dataset ; dcterms:title "Agenda de la mairie"@fr ;
  dcterms:license <https://creativecommons.org/licenses/by/4.0/> ;
  dcat:distribution <graph/source/mairie> .
<graph/source/mairie> dcat:accessURL <https://mairie.example/agenda.ics> .
<id/source/foyer> a dcat:Dataset ; dcterms:title "Agenda du foyer"@fr ;
  dcterms:license <id/licence/accord> ;
  dcat:distribution <graph/source/foyer> .
<graph/source/foyer> dcat:accessURL <sample:foyer> .
<id/source/velo> a dcat:Dataset ; dcterms:title "Vélo"@fr ;
  prov:invalidatedAtTime "2026-10-01T08:00:00Z"^^xsd:dateTime ;
  dcterms:license <https://licence.example/v2/> .
<id/activity/1> prov:used <id/source/comite> ;
  prov:startedAtTime "2026-11-20T08:15:00Z"^^xsd:dateTime .
"""


def _lines(turtle: str) -> frozenset[str]:
    prefixes = "".join(f"PREFIX {name}: <{iri}>\n" for name, iri in PREFIXES.items())
    quads = ox.parse(prefixes + turtle, format=ox.RdfFormat.TURTLE, base_iri=BASE)
    return frozenset(f"{quad.triple} ." for quad in quads)


def _publish(root: Path) -> Path:
    graphs = {
        "canonical": _lines(CANONICAL),
        "provenance": _lines(PROVENANCE),
        "tombstones": _lines(TOMBSTONES),
    }
    for line in _lines(RECORDS):
        source = line.removeprefix(f"<{BASE}id/record/").partition("/")[0]
        graphs[f"source/{source}"] = graphs.get(f"source/{source}", frozenset()) | {line}
    with EmbeddedStore(root / "store") as store:
        store.apply(
            Changeset({f"{BASE}graph/{name}": Delta(added=lines) for name, lines in graphs.items()})
        )
        Generations(root / "generations").publish(store, now=NOW, base=BASE, facts={})
    return root / "generations"


@pytest.fixture(scope="session")
def publish() -> Callable[[Path], Path]:
    """Publishes the small territory under a folder; gives the folder of the generations."""
    return _publish


@pytest.fixture(scope="module")
def client(
    tmp_path_factory: pytest.TempPathFactory,
    browse: Callable[[ASGIApp], AbstractContextManager[httpx.Client]],
) -> Iterator[httpx.Client]:
    """A client of the small territory."""
    root = _publish(tmp_path_factory.mktemp("node"))
    limits = Limits(workers=1, per_client=1)
    app = create(root, title="Données des Bauges", limits=limits, clock=lambda: NOW)
    with browse(app) as client:
        yield client


@pytest.fixture(scope="session")
def now() -> datetime:
    """The present of the small territory."""
    return NOW


@contextmanager
def _browse(app: ASGIApp) -> Iterator[httpx.Client]:
    with listen("127.0.0.1", 0) as listening:
        config = uvicorn.Config(app, log_config=None, log_level="critical", lifespan="on")
        server = uvicorn.Server(config)
        thread = threading.Thread(
            target=lambda: asyncio.run(server.serve(sockets=[listening])), daemon=True
        )
        thread.start()
        while not server.started:
            time.sleep(0.01)
        address = f"http://127.0.0.1:{listening.getsockname()[1]}"
        with httpx.Client(base_url=address, headers={"accept": "text/html"}) as client:
            yield client
        server.should_exit = True
        thread.join(timeout=10)


@pytest.fixture(scope="session")
def browse() -> Callable[[ASGIApp], AbstractContextManager[httpx.Client]]:
    """Serves an application on loopback to a client that asks for pages."""
    return _browse
