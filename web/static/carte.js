// The map beside the list: it shows what the list holds, and nothing else.
// The list is complete without it; each entry that has a position says it in data attributes.
(() => {
  "use strict";
  const box = document.getElementById("map");
  const list = document.getElementById("places");
  if (!box || !list || !window.L) return;
  box.hidden = false;

  const map = L.map(box, { scrollWheelZoom: false, zoomControl: false, zoomSnap: 0.5, minZoom: 6, maxZoom: 19 });
  L.control.zoom({ zoomInTitle: box.dataset.in, zoomOutTitle: box.dataset.out }).addTo(map);
  L.control.scale({ imperial: false }).addTo(map);
  map.attributionControl.setPrefix(false);
  if (box.dataset.tiles) {
    L.tileLayer(box.dataset.tiles, { attribution: escape(box.dataset.attribution), maxZoom: 19 }).addTo(map);
  }

  const group = L.markerClusterGroup({ showCoverageOnHover: false, maxClusterRadius: 40 });
  const markers = new Map();
  for (const entry of list.querySelectorAll("[data-latitude]")) {
    const link = entry.querySelector("a.title");
    const icon = L.divIcon({ className: `pin ${entry.dataset.kind}`, iconSize: [22, 22] });
    const marker = L.marker([Number(entry.dataset.latitude), Number(entry.dataset.longitude)], {
      icon, title: link.textContent, alt: link.textContent,
    });
    marker.bindPopup(() => popup(entry, link));
    markers.set(entry, marker);
    group.addLayer(marker);
  }
  const bounds = group.getBounds();
  if (bounds.isValid()) map.fitBounds(bounds.pad(0.1), { maxZoom: 14 });
  else map.setView([45.68, 6.13], 11);
  map.addLayer(group);
  if (!box.dataset.tiles) nameCommunes();
  box.dataset.markers = String(markers.size);

  // A button in each entry shows where it is: the map is reached from the list by keyboard.
  for (const [entry, marker] of markers) {
    const button = document.createElement("button");
    button.type = "button";
    button.className = "show";
    button.textContent = box.dataset.show;
    button.setAttribute("aria-label", `${box.dataset.show} : ${entry.querySelector("a.title").textContent}`);
    button.addEventListener("click", () => {
      group.zoomToShowLayer(marker, () => marker.openPopup());
      box.scrollIntoView({ block: "nearest" });
    });
    entry.append(button);
  }

  // Without a background, the names of the communes tell where one is.
  function nameCommunes() {
    const communes = new Map();
    for (const [entry, marker] of markers) {
      const name = entry.dataset.commune;
      if (name) communes.set(name, [...(communes.get(name) || []), marker.getLatLng()]);
    }
    const labels = [];
    for (const [name, places] of [...communes].sort((one, other) => other[1].length - one[1].length)) {
      const mean = (axis) => places.reduce((sum, place) => sum + place[axis], 0) / places.length;
      const icon = L.divIcon({ className: "commune", html: escape(name), iconSize: null });
      labels.push(L.marker([mean("lat"), mean("lng")], { icon, interactive: false, keyboard: false, zIndexOffset: -1000 }).addTo(map));
    }
    // Below what it names, else above, else not at all: two names on one another cannot be read.
    const declutter = () => {
      const taken = [...box.querySelectorAll(".pin, .marker-cluster")].map((each) => each.getBoundingClientRect());
      for (const label of labels) {
        const element = label.getElement();
        const free = [false, true].some((above) => {
          element.classList.toggle("above", above);
          return taken.every((other) => !meet(element.getBoundingClientRect(), other));
        });
        element.style.visibility = free ? "visible" : "hidden";
        if (free) taken.push(element.getBoundingClientRect());
      }
    };
    group.on("animationend", declutter);
    map.on("zoomend", declutter);
    declutter();
  }

  function meet(one, other) {
    return one.right > other.left && one.left < other.right && one.bottom > other.top && one.top < other.bottom;
  }

  function popup(entry, link) {
    const told = document.createElement("div");
    const title = document.createElement("a");
    title.href = link.href;
    if (link.target) title.target = link.target;
    title.textContent = link.textContent;
    told.append(title);
    const about = entry.querySelector(".quiet");
    const lines = about ? [[...about.children].map((part) => part.textContent.trim()).join(" · ")] : [];
    if (entry.dataset.note) lines.push(entry.dataset.note);
    for (const text of lines) {
      const line = document.createElement("p");
      line.textContent = text;
      told.append(line);
    }
    return told;
  }

  function escape(text) {
    const holder = document.createElement("span");
    holder.textContent = text;
    return holder.innerHTML;
  }
})();
