// Improves the pages of the form; each works without it.

// Communes: only those of the region that was chosen.
const region = document.querySelector("select[name=region]");
const commune = document.querySelector("select[name=commune]");
if (region && commune) {
  const all = [...commune.options].map((option) => option.cloneNode(true));
  const narrow = () => {
    const chosen = commune.value;
    const shown = all.filter((option) => !region.value || !option.value || option.dataset.region === region.value);
    commune.replaceChildren(...shown.map((option) => option.cloneNode(true)));
    commune.value = shown.some((option) => option.value === chosen) ? chosen : "";
  };
  region.addEventListener("change", narrow);
  narrow();
}

// Codes found by words under their field: <input data-suggest> beside <button data-find="address">.
const WAIT = 250;

function suggest(input) {
  const button = input.form.querySelector(`[data-find-for="${input.name}"]`);
  if (!button) return;
  const place = document.createElement("div");
  place.className = "found";
  place.setAttribute("aria-live", "polite");
  (input.closest(".repeats__row") || input.closest(".field")).append(place);
  let timer = 0;
  let asked = 0;

  async function ask() {
    const text = input.value.trim();
    const mine = ++asked;
    if (text.length < 3) { place.replaceChildren(); return; }
    try {
      const response = await fetch(`${button.dataset.find}?parte=1&q=${encodeURIComponent(text)}`);
      if (!response.ok || response.redirected || mine !== asked) return;
      place.innerHTML = await response.text();
    } catch {
      place.replaceChildren();
    }
  }

  input.addEventListener("input", () => {
    window.clearTimeout(timer);
    timer = window.setTimeout(ask, WAIT);
  });
  input.addEventListener("keydown", (event) => {
    if (event.key === "Escape") { asked += 1; place.replaceChildren(); }
    if (event.key === "ArrowDown" && place.querySelector("button")) {
      event.preventDefault();
      place.querySelector("button").focus();
    }
  });
  place.addEventListener("click", (event) => {
    const choice = event.target.closest("[data-code]");
    if (!choice) return;
    event.preventDefault();
    input.value = choice.dataset.code;
    asked += 1;
    const chosen = document.createElement("p");
    chosen.className = "found__say";
    chosen.textContent = `Elegiste: ${choice.dataset.name}`;
    place.replaceChildren(chosen);
    input.focus();
    input.dispatchEvent(new Event("input", { bubbles: true }));
    window.clearTimeout(timer);
  });
  button.hidden = true;
}

document.querySelectorAll("[data-suggest]").forEach(suggest);
