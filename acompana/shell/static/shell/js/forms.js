// What makes forms kind: the summary gets the focus, nothing is sent twice, nothing is lost by leaving.
import { announce, say } from "./announce.js";
import { toast } from "./toast.js";

const summary = document.querySelector("[data-error-summary]");
if (summary) {
  summary.focus();
  const prefix = `${say("Por revisar", "To check")}: `;
  if (!document.title.startsWith(prefix)) document.title = prefix + document.title; // some pages say it themselves
}

document.addEventListener("submit", (event) => {
  const form = event.target;
  if (event.defaultPrevented || form.method !== "post" || form.hasAttribute("data-many") || form.closest("dialog[method]")) return;
  if (form.dataset.sent) {
    event.preventDefault();
    announce(say("Ya se está enviando.", "It is being sent already."));
    return;
  }
  if (!navigator.onLine) {
    event.preventDefault();
    toast(say("No hay conexión, y no se envió nada. Lo que escribiste sigue en esta página: envíalo cuando vuelva la red.", "There is no connection, and nothing was sent. What you wrote is still on this page: send it when the network is back."));
    return;
  }
  form.dataset.sent = "1";
  event.submitter?.setAttribute("aria-busy", "true");
  window.setTimeout(() => release(form), 10000);
});

function release(form) {
  delete form.dataset.sent;
  form.querySelectorAll("[aria-busy]").forEach((button) => button.removeAttribute("aria-busy"));
}
// Coming back by the history must not find the buttons still asleep.
window.addEventListener("pageshow", () => document.querySelectorAll("form[data-sent]").forEach(release));
document.addEventListener("htmx:afterRequest", (event) => {
  const form = event.target.closest?.("form");
  if (form) release(form);
});

// Forms that say `data-guard-unsaved` ask before what was typed is left behind.
const changed = new Set();
document.addEventListener("input", (event) => {
  const form = event.target.form;
  if (form?.hasAttribute("data-guard-unsaved") && !form.hasAttribute("data-autosave")) changed.add(form);
});
// What was refused is on the page alone, too.
if (summary) document.querySelectorAll("form[data-guard-unsaved]:not([data-autosave])").forEach((form) => changed.add(form));
document.addEventListener("submit", (event) => changed.delete(event.target));
window.addEventListener("beforeunload", (event) => {
  if ([...changed].some((form) => form.isConnected)) event.preventDefault();
});

// How many characters are left, said when it begins to matter.
function count(area) {
  const most = Number(area.dataset.count);
  const hint = area.parentElement.querySelector("[data-count-hint]");
  if (!most || !hint) return;
  const left = most - area.value.length;
  hint.classList.toggle("field__live--bad", left < 0);
  hint.textContent = left < 0 ? say(`Te pasaste por ${-left} caracteres.`, `${-left} characters too many.`) : left <= most * 0.25 ? say(`Te quedan ${left} caracteres.`, `${left} characters left.`) : "";
}
document.addEventListener("input", (event) => { if (event.target.dataset?.count) count(event.target); });
document.querySelectorAll("[data-count]").forEach(count);
