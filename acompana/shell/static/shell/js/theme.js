// Changes the theme at once; the server remembers it. Without scripts the same form does it by itself.
import { renewToken } from "./announce.js";

const MEDIA = { light: "not all", dark: "screen", auto: "screen and (prefers-color-scheme: dark)" };

document.addEventListener("submit", async (event) => {
  const form = event.target;
  const theme = event.submitter?.value;
  if (!form.hasAttribute("data-theme-switch") || !MEDIA[theme]) return;
  event.preventDefault();
  const data = new FormData(form);
  data.set("theme", theme);
  document.querySelector("[data-theme-sheet]")?.setAttribute("media", MEDIA[theme]);
  document.documentElement.dataset.theme = theme;
  form.querySelectorAll("[name=theme]").forEach((b) => b.setAttribute("aria-pressed", String(b.value === theme)));
  const send = () => fetch(form.action, { method: "POST", body: data, redirect: "manual" });
  try {
    if (renewToken(await send()) === "renewed") {
      data.set("csrfmiddlewaretoken", form.elements.csrfmiddlewaretoken.value);
      await send();
    }
  } catch { /* it holds on this page alone */ }
}, true);
