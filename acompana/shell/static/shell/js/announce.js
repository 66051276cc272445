// What a script says, in the language of its page.
export const say = (spanish, english) => (document.documentElement.lang === "en" ? english : spanish);

// Says something to who listens rather than looks.
export function announce(text) {
  const live = document.getElementById("live");
  if (!live) return;
  live.textContent = "";
  window.setTimeout(() => { live.textContent = text; }, 50);
}

// The token that a request of ours must carry; it is on every page for htmx.
export function csrfHeaders() {
  try {
    return JSON.parse(document.body.getAttribute("hx-headers") || "{}");
  } catch {
    return {};
  }
}

// After a refusal, takes the protection token that holds now into every form of the page. "renewed": what was refused
// may be sent again. "other": somebody else entered meanwhile, and this page is not theirs. "ended": nobody did; the
// session is over. "": it was no such refusal.
export function renewToken(response) {
  const token = response.status === 403 && response.headers.get("X-Fresh-Token");
  if (!token) return "";
  const whose = document.querySelector("[name=page_of]")?.value || "";
  const reader = response.headers.get("X-Page-Of");
  if (whose && whose !== reader) return reader ? "other" : "ended";
  document.querySelectorAll("[name=csrfmiddlewaretoken]").forEach((field) => { field.value = token; });
  document.body.setAttribute("hx-headers", JSON.stringify({ ...csrfHeaders(), "x-csrftoken": token }));
  return "renewed";
}

// Whether the person is writing, so that letters are letters and not commands.
export function isTyping(target) {
  return target instanceof HTMLElement && (target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName));
}
