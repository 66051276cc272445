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

// Whether the person is writing, so that letters are letters and not commands.
export function isTyping(target) {
  return target instanceof HTMLElement && (target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName));
}
