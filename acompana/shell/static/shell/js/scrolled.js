// What is wider than its frame begins where its content does, not at the room that is kept beside it.
const BESIDE = 16;

for (const frame of document.querySelectorAll("[data-scrolled-to]")) {
  const drawing = frame.querySelector("svg");
  if (!drawing || frame.scrollWidth <= frame.clientWidth) continue;
  const scale = drawing.getBoundingClientRect().width / drawing.viewBox.baseVal.width;
  frame.scrollLeft = Number(frame.dataset.scrolledTo) * scale - BESIDE;
}
