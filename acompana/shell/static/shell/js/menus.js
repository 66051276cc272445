// <details data-menu>: what unfolds from the rail folds again with Escape. Where it lies over the page (data-menu="over",
// or any on a narrow screen) it folds when one clicks or walks out of it, and is never open when the page comes.
const narrow = window.matchMedia("(max-width: 56rem)");
const menus = [...document.querySelectorAll("details[data-menu]")];
const over = (menu) => menu.dataset.menu === "over" || narrow.matches;

const foldWhenNarrow = () => menus.filter(over).forEach((menu) => { menu.open = false; });
foldWhenNarrow();
narrow.addEventListener("change", foldWhenNarrow);

// On a phone the places of the rail, and tabs, are a strip that slides: the one where one is comes into sight.
for (const strip of document.querySelectorAll(".rail__nav > ul, .tabs > ul")) {
  const current = strip.querySelector("[aria-current]")?.closest("li");
  if (current) strip.scrollLeft = current.offsetLeft - (strip.clientWidth - current.offsetWidth) / 2;
}

document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  const menu = menus.find((each) => each.open && each.contains(document.activeElement) && over(each));
  if (!menu) return;
  menu.open = false;
  menu.querySelector("summary").focus();
});

for (const leaving of ["click", "focusin"]) {
  document.addEventListener(leaving, (event) => {
    for (const menu of menus) if (menu.open && over(menu) && !menu.contains(event.target)) menu.open = false;
  });
}
