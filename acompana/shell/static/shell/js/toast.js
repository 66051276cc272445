// Short notes at the corner. They stay until dismissed if they offer something; else eight seconds.
import { announce, csrfHeaders, renewToken, say } from "./announce.js";

export function toast(text, { undo = "", stays = false } = {}) {
  const place = document.getElementById("toasts");
  if (!place) return null;
  const note = document.createElement("div");
  note.className = "toast";
  const words = document.createElement("span");
  words.textContent = text;
  note.append(words);
  if (undo) note.append(button("Deshacer", () => takeBack(undo, note)));
  note.append(button(say("Cerrar", "Close"), () => note.remove()));
  place.append(note);
  announce(text);
  if (!undo && !stays) window.setTimeout(() => note.remove(), 8000);
  return note;
}

function button(label, act) {
  const made = document.createElement("button");
  made.type = "button";
  made.textContent = label;
  made.addEventListener("click", act);
  return made;
}

async function takeBack(address, note) {
  try {
    const send = () => fetch(address, { method: "POST", headers: csrfHeaders() });
    let response = await send();
    if (renewToken(response) === "renewed") response = await send();
    if (!response.ok) throw new Error(String(response.status));
    window.location.reload();
  } catch {
    note.remove();
    toast("No se pudo deshacer. Nada cambió; inténtalo de nuevo.", { stays: true });
  }
}

// A response of ours may ask for one: HX-Trigger: {"toast": {"text": "…", "undo": "/…/"}}.
document.addEventListener("toast", (event) => toast(event.detail.text, event.detail));
document.addEventListener("htmx:sendError", () =>
  toast(say("No hay conexión. Lo que escribiste sigue en esta página; inténtalo de nuevo en un momento.", "There is no connection. What you wrote is still on this page; try again in a moment."), { stays: true }));
document.addEventListener("htmx:responseError", (event) => {
  const { xhr } = event.detail;
  if (renewToken({ status: xhr.status, headers: { get: (name) => xhr.getResponseHeader(name) } }) === "other") {
    toast(say("En este navegador entró otra persona: esta página no es de su cuenta, y no se guardó nada.", "Somebody else entered in this browser: this page is not of their account, and nothing was saved."), { stays: true });
    return;
  }
  toast(say("No se pudo completar. Nada se perdió; inténtalo de nuevo.", "It could not be done. Nothing was lost; try again."), { stays: true });
});

let offline = null;
window.addEventListener("offline", () => {
  offline ??= toast(say("Se cayó la red. Lo que escribiste sigue en esta página: no la cierres.", "The network is down. What you wrote is still on this page: do not close it."), { stays: true });
});
window.addEventListener("online", () => {
  if (offline) { offline.remove(); offline = null; toast(say("Volvió la red.", "The network is back.")); }
});
