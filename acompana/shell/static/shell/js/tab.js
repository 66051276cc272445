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
