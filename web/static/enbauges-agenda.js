// <enbauges-agenda commune="73081" theme="…" jours="14" lang="fr">a link for whoever runs no script</…>
// Shows the agenda of this node on any page. It writes text, never HTML, and loads nothing else.
const HOME = new URL("..", import.meta.url);
const FILTERS = ["commune", "theme", "public", "lieu", "organisateur", "source", "serie", "q", "bbox", "gratuit"];
const WORDS = {
  fr: { none: "Rien d'annoncé pour ces jours.", more: "Tout l'agenda, avec ses sources", all: "toute la journée", until: "jusqu'au" },
  en: { none: "Nothing announced for these days.", more: "The whole agenda, with its sources", all: "all day", until: "until" },
};
const DAY = 86400000;

const style = new CSSStyleSheet();
style.replaceSync(`
:host { display: block; font: 1rem/1.5 system-ui, sans-serif; color: inherit; }
h3 { margin: 1rem 0 .25rem; font-size: 1rem; }
h3::first-letter { text-transform: uppercase; }
ul { list-style: none; margin: 0; padding: 0; }
li { display: flex; gap: .75rem; padding: .35rem 0; border-top: 1px solid color-mix(in srgb, currentColor 20%, transparent); }
time, .hour { flex: 0 0 5rem; opacity: .8; font-variant-numeric: tabular-nums; }
p { margin: 0; font-size: .9rem; opacity: .8; }
a { color: inherit; }
.off a { text-decoration: line-through; }
`);

export class EnBaugesAgenda extends HTMLElement {
  static observedAttributes = [...FILTERS, "jours", "lang"];

  constructor() {
    super();
    this.attachShadow({ mode: "open" }).adoptedStyleSheets = [style];
    this.shadowRoot.append(document.createElement("slot"));
  }

  connectedCallback() { this.load(); }
  attributeChangedCallback() { if (this.isConnected) this.load(); }

  address(path, pairs = {}) {
    const found = new URL(path, HOME);
    for (const name of FILTERS) {
      const value = this.getAttribute(name) || "";
      const several = ["q", "bbox"].includes(name) ? [value] : value.split(/[\s,]+/);
      for (const each of several) if (each) found.searchParams.append(name, each);
    }
    if (this.hasAttribute("gratuit")) found.searchParams.set("gratuit", "1");
    for (const [name, value] of Object.entries(pairs)) found.searchParams.set(name, value);
    return found;
  }

  async load() {
    const lang = (this.getAttribute("lang") || document.documentElement.lang || "fr").startsWith("en") ? "en" : "fr";
    const days = Math.min(Math.max(Number.parseInt(this.getAttribute("jours"), 10) || 7, 1), 366);
    const now = new Date();
    const today = new Date(now.getTime() - now.getTimezoneOffset() * 60000).toISOString().slice(0, 10);
    const end = new Date(Date.parse(today) + days * DAY).toISOString().slice(0, 10);
    const asked = this.address("agenda.json", { start: today, end, lang });
    this.asked = asked.href;
    try {
      const answer = await fetch(asked);
      if (!answer.ok) throw new Error(String(answer.status));
      const events = await answer.json();
      if (this.asked === asked.href) this.show(events, today, lang);
    } catch (error) {
      this.shadowRoot.replaceChildren(document.createElement("slot")); // the link that was there
      this.dispatchEvent(new CustomEvent("enbauges-error", { detail: error }));
    }
  }

  show(events, today, lang) {
    const words = WORDS[lang];
    const shown = document.createDocumentFragment();
    let day = "";
    let list;
    for (const event of events) {
      const first = event.start.slice(0, 10) < today ? today : event.start.slice(0, 10);
      if (first !== day) {
        day = first;
        list = make("ul");
        const title = new Intl.DateTimeFormat(lang, { weekday: "long", day: "numeric", month: "long", timeZone: "UTC" });
        shown.append(make("h3", title.format(new Date(`${day}T12:00:00Z`))), list);
      }
      list.append(this.entry(event, words));
    }
    if (!events.length) shown.append(make("p", words.none));
    const more = make("a", words.more);
    more.href = this.address("agenda");
    const foot = make("p");
    foot.append(more);
    shown.append(foot);
    this.shadowRoot.replaceChildren(shown);
    this.dispatchEvent(new CustomEvent("enbauges-ready", { detail: events.length }));
  }

  entry(event, words) {
    const about = event.extendedProps;
    const entry = make("li");
    if ((event.classNames || []).length || !about.announced) entry.className = "off";
    const link = make("a", event.title);
    // An IRI of this node is served by this node, whatever name it was reached by.
    link.href = new URL(new URL(event.url).pathname, HOME);
    const body = make("div");
    body.append(link, make("p", [about.place, about.place.includes(about.commune) ? "" : about.commune, about.organizer].filter(Boolean).join(" · ")));
    entry.append(make("span", event.allDay ? words.all : event.start.slice(11, 16), "hour"), body);
    entry.title = about.credit || "";
    return entry;
  }
}

function make(name, text = "", className = "") {
  const made = document.createElement(name);
  made.textContent = text;
  if (className) made.className = className;
  return made;
}

if (!customElements.get("enbauges-agenda")) customElements.define("enbauges-agenda", EnBaugesAgenda);
