// Rows open beside the list: <a href="/page/" data-panel>. Without scripts, or with Ctrl, it is a link like any other.
// The page's own [data-panel-content], or its main, is what the panel shows.
import { announce } from "./announce.js";

const panel = document.getElementById("panel");
let opener = null;

async function open(link) {
  opener = link;
  panel.hidden = false;
  panel.setAttribute("aria-busy", "true");
  try {
    const response = await fetch(link.href, { headers: { "X-Panel": "1" } });
    if (!response.ok) throw new Error(String(response.status));
    const page = new DOMParser().parseFromString(await response.text(), "text/html");
    const content = page.querySelector("[data-panel-content]") || page.querySelector("main");
    if (!content) throw new Error("no content");
    show(link.href, content);
    announce(`Abierto al lado: ${panel.querySelector("h1, h2")?.textContent.trim() || link.textContent.trim()}`);
  } catch {
    window.location.assign(link.href);
  } finally {
    panel.removeAttribute("aria-busy");
  }
}

function show(href, content) {
  const head = document.createElement("p");
  head.className = "panel__head";
  head.innerHTML = `<a>Abrir la ficha entera</a><button type="button" class="button button--quiet button--small">Cerrar</button>`;
  head.querySelector("a").href = href;
  head.querySelector("button").addEventListener("click", close);
  panel.replaceChildren(head, ...content.childNodes);
  panel.scrollTop = 0;
  window.htmx?.process(panel);
  head.querySelector("button").focus();
}

// Who walked on in the list while the panel was open stays there.
function close() {
  const back = panel.contains(document.activeElement) || document.activeElement === document.body;
  panel.hidden = true;
  panel.replaceChildren();
  if (back) opener?.focus();
}

if (panel) {
  document.addEventListener("click", (event) => {
    const link = event.target.closest?.("a[data-panel]");
    if (!link || event.ctrlKey || event.metaKey || event.shiftKey || event.button) return;
    event.preventDefault();
    open(link);
  });
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && !panel.hidden && !document.querySelector("dialog[open]")) close();
  });
}
