// Writes the RUT with its points and dash, and says at once whether its check digit fits. The server decides.
import { say } from "./announce.js";

function checkDigit(number) {
  let sum = 0;
  let factor = 2;
  for (const digit of [...number].reverse()) {
    sum += Number(digit) * factor;
    factor = factor === 7 ? 2 : factor + 1;
  }
  const rest = 11 - (sum % 11);
  return rest === 11 ? "0" : rest === 10 ? "K" : String(rest);
}

function written(plain) {
  return `${plain.slice(0, -1).replace(/\B(?=(\d{3})+(?!\d))/g, ".")}-${plain.slice(-1)}`;
}

// Eight figures without a dash may be a number whose check digit was left out.
function lacking(input, plain) {
  return plain.length < 9 && !input.value.includes("-") ? ` ${say("Quizás le falta el último dígito.", "Perhaps its last digit is missing.")}` : "";
}

// A right RUT in the place of the refused one: what was said of that one no longer holds, here and above the form.
function forgive(input) {
  const field = input.closest(".field");
  const error = field?.querySelector(".field__error");
  if (!error || input.value.toUpperCase().replace(/[^0-9K]/g, "") === input.defaultValue.toUpperCase().replace(/[^0-9K]/g, "")) return;
  field.classList.remove("field--wrong");
  input.removeAttribute("aria-invalid");
  const described = (input.getAttribute("aria-describedby") || "").split(" ").filter((id) => id && id !== error.id).join(" ");
  if (described) input.setAttribute("aria-describedby", described);
  else input.removeAttribute("aria-describedby");
  error.remove();
  document.querySelector(`[data-error-summary] a[href="#${input.id}"]`)?.closest("li").remove();
  const summary = document.querySelector("[data-error-summary]");
  if (summary && !summary.querySelector("li")) summary.remove();
}

function fitting(plain) {
  return /^\d{7,8}[0-9K]$/.test(plain) && checkDigit(plain.slice(0, -1)) === plain.slice(-1);
}

function hint(input) {
  const place = input.closest(".field")?.querySelector("[data-rut-hint]");
  if (!place) return;
  const plain = input.value.toUpperCase().replace(/[^0-9K]/g, "").replace(/^0+/, "");
  const complete = /^\d{7,8}[0-9K]$/.test(plain);
  const fits = fitting(plain);
  place.classList.toggle("field__live--good", fits);
  place.classList.toggle("field__live--bad", complete && !fits && document.activeElement !== input);
  if (fits) forgive(input);
  if (fits) place.textContent = `${written(plain)} · ${say("el dígito verificador corresponde", "the check digit matches")}`;
  else if (complete && document.activeElement !== input) place.textContent = say("El dígito verificador no corresponde. Revisa el número.", "The check digit does not match. Check the number.") + lacking(input, plain);
  else place.textContent = "";
}

document.addEventListener("input", (event) => { if (event.target.matches?.("[data-rut]")) hint(event.target); });
document.addEventListener("focusout", (event) => {
  if (!event.target.matches?.("[data-rut]")) return;
  const plain = event.target.value.toUpperCase().replace(/[^0-9K]/g, "").replace(/^0+/, "");
  if (fitting(plain)) event.target.value = written(plain);
  window.setTimeout(() => hint(event.target), 0);
});
