// SPDX-License-Identifier: Apache-2.0
// Shows what the gate says, twice a second. A server that does not answer is shown as out of order.
const gate = document.body.dataset.gate;
const put = (id, text) => { const place = document.getElementById(id); if (place.textContent !== text) place.textContent = text; };
// The key that opened this page opens what it asks for, too.
const at = (what) => `/screen/${encodeURIComponent(gate)}/${what}${location.search}`;
let code = null;

function show(state) {
  document.body.dataset.phase = state.phase;
  document.body.dataset.verdict = state.phase === "held" || state.phase === "open" ? state.verdict : "";
  put("plate", state.plate);
  put("de", state.de);
  put("en", state.en);
  put("amount", state.spaces !== null ? `${state.spaces} ${state.spaces_text.de} · ${state.spaces_text.en}` : state.amount);
  // Somebody is called already, or no gate is there that could call.
  document.getElementById("help").hidden = Boolean(state.called) || state.phase === "closed";
  put("called", state.called ? `${state.called.de} ${state.called.en}` : "");
  if (state.qr !== code) {
    code = state.qr;
    const made = new DOMParser().parseFromString(code, "image/svg+xml").documentElement;
    made.setAttribute("viewBox", `0 0 ${made.getAttribute("width")} ${made.getAttribute("height")}`);
    document.getElementById("qr").replaceChildren(...(code ? [made] : []));
  }
}

document.getElementById("help").addEventListener("click", () => {
  fetch(at("help"), { method: "POST", headers: { "X-Pressed": "help" } }).catch(() => {});
});

async function ask() {
  try {
    const answer = await fetch(at("state"), { cache: "no-store", signal: AbortSignal.timeout(2000) });
    if (!answer.ok) throw new Error(answer.statusText);
    show(await answer.json());
  } catch {
    show({ phase: "closed", verdict: "", plate: "", de: "Außer Betrieb. Bitte die Hilfetaste drücken.",
      en: "Out of order. Please press the help button.", amount: "", qr: "", called: null, spaces: null });
  }
  setTimeout(ask, 500);
}

ask();
