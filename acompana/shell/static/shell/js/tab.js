import { csrfHeaders } from "./announce.js";

// Which tab tells that something is open: <… data-presence> sends its name, so that two tabs of a person are two. The
// name is kept while the tab is, over the pages that it shows.
const KEPT = "tab";
const made = Math.random().toString(36).slice(2, 12) || "0";

function name() {
  try {
    const kept = window.sessionStorage.getItem(KEPT) || made;
    window.sessionStorage.setItem(KEPT, kept);
    return kept;
  } catch {
    return made;
  }
}

document.addEventListener("htmx:configRequest", (event) => {
  if (event.target.closest?.("[data-presence]")) event.detail.parameters.tab = name();
});

// Who leaves a page, or closes it, says so at once; else it would be told of them for a while.
window.addEventListener("pagehide", () => {
  for (const there of document.querySelectorAll("[data-presence]")) {
    const said = new FormData();
    for (const [field, value] of Object.entries(JSON.parse(there.getAttribute("hx-vals") || "{}"))) said.set(field, value);
    said.set("tab", name());
    said.set("gone", "1");
    said.set("csrfmiddlewaretoken", csrfHeaders()["x-csrftoken"] || "");
    navigator.sendBeacon(there.dataset.presence, said);
  }
});
// A page that comes back as it was, by the button of the browser, is open again.
window.addEventListener("pageshow", (event) => {
  if (event.persisted) document.querySelectorAll("[data-presence]").forEach((there) => window.htmx?.trigger(there, "load"));
});
