// <enbauges-carte commune="73081" genre="ThirdPlace" quoi="agenda" hauteur="480">a link</enbauges-carte>
// Shows the map of this node on any page, in a frame: its scripts and its styles stay in there.
const HOME = new URL("..", import.meta.url);
const FILTERS = ["commune", "type", "service", "theme", "genre", "lieu", "source", "q", "bbox", "quoi", "lang"];

export class EnBaugesCarte extends HTMLElement {
  static observedAttributes = [...FILTERS, "hauteur"];

  connectedCallback() { this.show(); }
  attributeChangedCallback() { if (this.isConnected) this.show(); }

  show() {
    const asked = new URL("embed/carte", HOME);
    for (const name of FILTERS) {
      if (this.hasAttribute(name)) asked.searchParams.set(name, this.getAttribute(name));
    }
    const frame = document.createElement("iframe");
    frame.src = asked;
    frame.title = this.getAttribute("title") || "EnBauges";
    frame.loading = "lazy";
    frame.width = "100%";
    frame.height = String(Number.parseInt(this.getAttribute("hauteur"), 10) || 480);
    frame.style.border = "0";
    const shadow = this.shadowRoot || this.attachShadow({ mode: "open" });
    shadow.replaceChildren(frame); // the link in the page stays for whoever runs no script
  }
}

if (!customElements.get("enbauges-carte")) customElements.define("enbauges-carte", EnBaugesCarte);
