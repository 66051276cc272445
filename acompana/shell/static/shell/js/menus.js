// <details data-menu>: what unfolds from the rail folds again with Escape. Where it lies over the page (data-menu="over",
// or any on a narrow screen) it folds when one clicks or walks out of it, and is never open when the page comes. But for
// <details id data-stays>: whose links change the page that one looks at. There it is open again, with the focus on the
// link that was followed, or the next one that is left; each has an id.
const STAYS = "menu that stays";
const narrow = window.matchMedia("(max-width: 56rem)");
const menus = () => [...document.querySelectorAll("details[data-menu]")];
const over = (menu) => menu.dataset.menu === "over" || narrow.matches;

const foldWhenNarrow = () => menus().filter(over).forEach((menu) => { menu.open = false; });
foldWhenNarrow();
narrow.addEventListener("change", foldWhenNarrow);

// On a phone the places of the rail, and tabs, are a strip that slides: the one where one is comes into sight.
for (const strip of document.querySelectorAll(".rail__nav > ul, .tabs > ul")) {
  const current = strip.querySelector("[aria-current]")?.closest("li");
  if (current) strip.scrollLeft = current.offsetLeft - (strip.clientWidth - current.offsetWidth) / 2;
}

document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  const menu = menus().find((each) => each.open && each.contains(document.activeElement) && over(each));
  if (!menu) return;
  menu.open = false;
  menu.querySelector("summary").focus();
});

for (const leaving of ["click", "focusin"]) {
  document.addEventListener(leaving, (event) => {
    for (const menu of menus()) if (menu.open && over(menu) && !menu.contains(event.target)) menu.open = false;
  });
}

// What lies over the page comes into sight as it unfolds, also at the end of a long list.
document.addEventListener("toggle", ({ target }) => {
  const box = target.open && target.lastElementChild;
  if (box && getComputedStyle(box).position === "absolute") box.scrollIntoView({ block: "nearest" });
}, true);

document.addEventListener("click", (event) => {
  const link = event.target.closest("details[data-stays] a[id]");
  if (!link) return;
  const menu = link.closest("details[data-stays]");
  const ids = [...menu.querySelectorAll("a[id]")].map((each) => each.id);
  const next = ids.slice(ids.indexOf(link.id));
  sessionStorage.setItem(STAYS, JSON.stringify({ page: location.pathname, menu: menu.id, next }));
});

const left = JSON.parse(sessionStorage.getItem(STAYS) || "null");
sessionStorage.removeItem(STAYS);
const stays = left?.page === location.pathname && document.getElementById(left.menu);
if (stays) {
  stays.open = true;
  (left.next.map((id) => document.getElementById(id)).find(Boolean) || stays.querySelector("summary")).focus();
}
