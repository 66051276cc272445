// The command box: "/" or Ctrl-K from anywhere on the desk, arrows to choose, Enter to go.
import { announce, isTyping } from "./announce.js";

const dialog = document.getElementById("command");
let input = null;
let results = null;
let asked = 0;
let timer = 0;
let answered = null; // what the results on show answer
let many = false; // whether several of the results on show answer alike
let help = null;
let moved = false; // whether who asks has chosen among them

function build() {
  dialog.innerHTML = `
    <input class="command__input" type="search" role="combobox" aria-label="Busca una empresa, persona, oficina, caso o acción"
      aria-expanded="false" aria-controls="command-results" aria-autocomplete="list" autocomplete="off" spellcheck="false"
      placeholder="Empresa, RUT, persona, oficina o acción">
    <div id="command-results"></div>
    <p class="command__help command__keys"><span><kbd>↑</kbd> <kbd>↓</kbd> elegir</span><span><kbd>Enter</kbd> <span data-enter>abrir</span></span><span><kbd>Esc</kbd> cerrar</span></p>
    <p class="command__help command__close"><button class="button button--plain" type="button" data-command-close>Cerrar</button></p>`;
  input = dialog.querySelector("input");
  results = dialog.querySelector("#command-results");
  help = dialog.querySelector("[data-enter]");
  input.addEventListener("input", () => { moved = false; window.clearTimeout(timer); timer = window.setTimeout(ask, 120); });
  input.addEventListener("keydown", choose);
  dialog.addEventListener("click", (event) => { if (event.target === dialog || event.target.closest("[data-command-close]")) dialog.close(); });
}

function open() {
  if (!dialog?.showModal || dialog.open) return;
  if (!input) build();
  dialog.showModal();
  input.select();
  moved = false;
  ask();
}

async function ask() {
  window.clearTimeout(timer);
  const turn = ++asked;
  const query = input.value.trim();
  let chosen = null;
  try {
    const response = await fetch(`${dialog.dataset.commandUrl}?parte=1&en=${encodeURIComponent(window.location.pathname)}&q=${encodeURIComponent(query)}`);
    if (turn !== asked) return;
    if (!response.ok) throw new Error(String(response.status));
    const html = await response.text();
    if (turn !== asked) return;
    chosen = moved ? selected()?.href : null;
    results.innerHTML = html;
    answered = query;
  } catch {
    if (turn === asked) say("No se pudo buscar. Revisa la conexión e inténtalo de nuevo.");
    return;
  }
  const found = options();
  const list = results.querySelector(".command__results");
  if (list && found.length) {
    list.setAttribute("role", "listbox");
    list.setAttribute("aria-label", "Resultados");
    list.tabIndex = -1;
  }
  found.forEach((option, index) => {
    option.id = `command-option-${index}`;
    option.setAttribute("role", "option");
    option.tabIndex = -1;
    option.setAttribute("aria-selected", "false");
  });
  input.setAttribute("aria-expanded", String(found.length > 0));
  // An answer that comes late takes no choice away; where many answer alike, none is chosen for who asks.
  many = list?.dataset.many !== undefined;
  select(found.find((option) => option.href === chosen) ?? (many ? undefined : found[0]));
  if (help) help.textContent = many ? "ver todos los resultados" : "abrir";
  if (query) announce(found.length === 1 ? "1 resultado" : `${found.length} resultados`);
}

const options = () => [...results.querySelectorAll(".command__results a[href]")];
const selected = () => options().find((option) => option.getAttribute("aria-selected") === "true");

function say(text) {
  results.innerHTML = `<p class="command__say"></p>`;
  results.firstElementChild.textContent = text;
  answered = null;
}

function select(option) {
  options().forEach((other) => other.setAttribute("aria-selected", String(other === option)));
  if (option) {
    input.setAttribute("aria-activedescendant", option.id);
    option.scrollIntoView({ block: "nearest" });
  } else input.removeAttribute("aria-activedescendant");
}

function choose(event) {
  const found = options();
  if (event.key === "Escape") {
    event.preventDefault(); // or the first one would only empty the box
    dialog.close();
  } else if (event.key === "ArrowDown" || event.key === "ArrowUp") {
    event.preventDefault();
    const step = event.key === "ArrowDown" ? 1 : -1;
    moved = true;
    const at = selected() ? found.indexOf(selected()) : step > 0 ? -1 : 0;
    select(found[(at + step + found.length) % found.length]);
  } else if (event.key === "Enter") {
    event.preventDefault();
    go();
  }
}

/** Opens what is chosen. Who types and presses Enter at once means what was typed: its answer is waited for. */
async function go() {
  const query = input.value.trim();
  if (!moved && query !== answered) await ask();
  const chosen = selected();
  if (chosen) window.location.assign(chosen.href);
  else if (query) window.location.assign(`${dialog.dataset.commandUrl}?q=${encodeURIComponent(query)}`);
}

if (dialog) {
  document.addEventListener("keydown", (event) => {
    const slash = event.key === "/" && !isTyping(event.target) && !event.ctrlKey && !event.altKey && !event.metaKey;
    const jump = event.key.toLowerCase() === "k" && (event.ctrlKey || event.metaKey);
    if (slash || jump) { event.preventDefault(); open(); }
  });
  document.addEventListener("click", (event) => {
    if (event.target.closest?.("[data-command-open]") && !event.ctrlKey && !event.metaKey) { event.preventDefault(); open(); }
  });
}
