// A piece of the page that is replaced must not take the focus with it: where nothing in it asked for the focus, its
// first control has it, or the piece itself.
let within = null;

document.addEventListener("htmx:beforeSwap", (event) => {
  within = event.detail.target?.contains(document.activeElement) ? event.detail.target.id : null;
});
document.addEventListener("htmx:afterSettle", () => {
  const piece = within && document.getElementById(within);
  within = null;
  if (!piece || document.activeElement !== document.body) return;
  const next = piece.querySelector("[aria-current], a[href], button, input, select, textarea") || piece;
  if (next === piece) piece.tabIndex = -1;
  next.focus({ preventScroll: true });
});
