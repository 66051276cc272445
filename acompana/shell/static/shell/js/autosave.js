// Keeps a draft while the person writes: <form data-autosave="/address/"> (its own action if empty).
// The server answers 2xx, and may say when: {"saved_at": "14:32"}; and which version of the draft it is now, for the
// form's own field: {"saves": 3}, with what it holds: {"opened": "…"}. One is sent at a time, so that none is written over another one unseen. Without network the text stays and is tried again.
// Sending goes the same way: the draft first, and the page is left only when the server has it.
import { csrfHeaders, renewToken } from "./announce.js";

const WAIT = 1500;
const RETRIES = [4000, 10000, 30000];
const PATIENCE = 12000;
const ENDED = "Tu sesión terminó. Entra de nuevo en otra pestaña: lo que escribiste sigue aquí.";
const SHUT = {
  ended: ENDED,
  other: "En este navegador entró otra persona. Lo que escribiste sigue aquí, sin guardar: entra de nuevo con tu cuenta en otra pestaña.",
  renewed: "No se pudo guardar: lo que escribiste sigue aquí. Revisa que tu navegador acepte cookies.",
};

function keep(form) {
  const say = form.querySelector("[data-saved]") || form.appendChild(document.createElement("p"));
  say.classList.add("saved");
  say.setAttribute("role", "status");
  let timer = 0;
  let failures = 0;
  let dirty = false;

  const tell = (text, failed = false) => {
    if (say.textContent !== text) say.textContent = text; // said once to who listens
    say.classList.toggle("saved--failed", failed);
  };

  function offerEntrance() {
    const link = Object.assign(document.createElement("a"), { href: "/entrar/", target: "_blank", rel: "noopener" });
    link.textContent = "Entrar en otra pestaña";
    say.append(" ", link);
  }

  function send() {
    const data = new FormData(form);
    for (const [name, value] of [...data.entries()]) if (value instanceof File) data.delete(name);
    return fetch(form.dataset.autosave || form.action, {
      method: "POST",
      body: data,
      keepalive: document.visibilityState === "hidden", // it outlives a page that is being left
      signal: AbortSignal.timeout(PATIENCE),
      headers: { ...csrfHeaders(), "X-Autosave": "1", Accept: "application/json" },
    });
  }

  let asking = false; // a button was pressed: the page that comes says what is to be said
  let before = Promise.resolve();
  const save = () => (before = before.then(saveNow));

  // Whether the page may be left: the server was reached, and the session still lives and is of the same person.
  async function saveNow() {
    window.clearTimeout(timer);
    dirty = false;
    try {
      let response = await send();
      if (renewToken(response) === "renewed") response = await send(); // they entered again in another tab
      const kept = response.status === 401 ? ENDED : SHUT[renewToken(response)];
      if (kept) {
        tell(kept, true);
        if (kept !== SHUT.renewed) offerEntrance();
        dirty = true;
        return false;
      }
      if (response.status >= 500) throw new Error(String(response.status));
      const answer = response.headers.get("Content-Type")?.includes("json") ? await response.json() : {};
      for (const name of ["saves", "opened"]) if (answer[name] && form.elements[name]) form.elements[name].value = answer[name];
      if (!response.ok) {
        if (!asking) tell(answer.reason || "Todavía no se puede guardar: revisa lo que escribiste.", true);
        return true;
      }
      failures = 0;
      tell(`Guardado ${answer.saved_at || new Date().toLocaleTimeString("es-CL", { hour: "2-digit", minute: "2-digit", hour12: false })}`);
      return true;
    } catch {
      dirty = true;
      const wait = RETRIES[Math.min(failures, RETRIES.length - 1)];
      failures += 1;
      tell("Sin conexión: lo que escribiste sigue en esta página. Lo intentamos de nuevo.", true);
      timer = window.setTimeout(save, wait);
      return false;
    }
  }

  let reached = false;
  form.addEventListener("submit", async (event) => {
    if (form.dataset.sent) return; // a second click: forms.js says so
    if (reached) { reached = false; dirty = false; return; }
    event.preventDefault();
    if (asking) return;
    asking = true;
    event.submitter?.setAttribute("aria-busy", "true");
    reached = await save();
    asking = false;
    if (reached) form.requestSubmit(event.submitter);
    else {
      event.submitter?.removeAttribute("aria-busy");
      say.scrollIntoView({ block: "center" });
    }
  });

  form.addEventListener("input", () => {
    dirty = true;
    window.clearTimeout(timer);
    timer = window.setTimeout(save, WAIT);
  });
  window.addEventListener("online", () => { if (dirty) save(); });
  // On leaving the tab, and on coming back to it, maybe from having entered again in another.
  document.addEventListener("visibilitychange", () => { if (dirty) save(); });
  window.addEventListener("beforeunload", (event) => { if (dirty && failures) event.preventDefault(); });
}

document.querySelectorAll("form[data-autosave]").forEach(keep);
