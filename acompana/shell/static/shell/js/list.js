// Lists by keyboard: j and k move, Enter opens, e edits, or opens what one may not edit, x marks. <… data-list> holds <… data-row>;
// <table data-rows> is the short form for a table all of whose rows count. <… data-choose-all hidden> in a form holds a
// box that marks the rows of its list, and is shown only here, where it works. <… data-chosen hidden> in it says how many are marked.
import { isTyping } from "./announce.js";

const ROW = "[data-list] [data-row], [data-rows] tbody tr";

const rows = () => [...document.querySelectorAll(ROW)].filter((row) => row.getClientRects().length);
const here = () => document.querySelector("[data-here]");
const linkOf = (row) => row?.querySelector("a[href]");

function move(step) {
  const all = rows();
  if (!all.length) return;
  const at = all.indexOf(here());
  const next = all[Math.min(all.length - 1, Math.max(0, at < 0 ? (step > 0 ? 0 : all.length - 1) : at + step))];
  here()?.removeAttribute("data-here");
  next.setAttribute("data-here", "");
  linkOf(next)?.focus({ preventScroll: true });
  next.scrollIntoView({ block: "nearest" });
}

document.addEventListener("keydown", (event) => {
  if (isTyping(event.target) || event.ctrlKey || event.metaKey || event.altKey || document.querySelector("dialog[open]")) return;
  if (event.key === "j") move(1);
  else if (event.key === "k") move(-1);
  else if (event.key === "e") (here()?.querySelector("[data-edit]") || linkOf(here()))?.click();
  else if (event.key === "x") here()?.querySelector("input[type=checkbox]")?.click();
});

document.addEventListener("focusin", (event) => {
  const row = event.target.closest?.(ROW);
  if (!row || row.hasAttribute("data-here")) return;
  here()?.removeAttribute("data-here");
  row.setAttribute("data-here", "");
});

const boxes = (form) => [...form.querySelectorAll("[data-row] input[type=checkbox]")];

const sayChosen = (form) => {
  const place = form.querySelector("[data-chosen]");
  if (!place) return;
  const many = boxes(form).filter((box) => box.checked).length;
  place.textContent = many === 1 ? "1 elegida en esta página." : `${many || "Ninguna"} ${many ? "elegidas" : "elegida"} en esta página.`;
  place.hidden = false;
};

function showChoice() {
  for (const place of document.querySelectorAll("[data-choose-all]")) place.hidden = false;
  for (const place of document.querySelectorAll("form [data-chosen]")) sayChosen(place.closest("form"));
}

showChoice();
document.addEventListener("htmx:afterSettle", showChoice);
window.addEventListener("pageshow", showChoice); // the way back may bring the marks of before

document.addEventListener("change", (event) => {
  const form = event.target.form;
  if (!form) return;
  const all = form.querySelector("[data-choose-all] input");
  if (event.target === all) for (const box of boxes(form)) box.checked = all.checked;
  else if (all) all.checked = boxes(form).every((box) => box.checked);
  sayChosen(form);
});
