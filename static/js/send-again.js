// Sends a form without leaving the page, and puts what comes back in this page's place. While there is no connection, a
// page that carries what follows for certain (template[data-ahead]) goes on with it: what was entered waits in this tab
// and is sent in its order as soon as that is possible. Where nothing follows, everything typed stays on the screen, and
// one press sends it again. Without this file the browser sends it.
const SECONDS = 15;
const TRY_AGAIN_SECONDS = 5;
const KEPT = "engage-unsent";

const waiting = JSON.parse(sessionStorage.getItem(KEPT) ?? "[]");
const wasReloaded = waiting.length > 0;
let mending = false; // the first of several was refused: it is mended and sent before the others
let refusal = null; // the page that says so, while somebody still fills in another
let held = false; // what was pressed last stays on the screen and is sent by hand
let running = null;

const keep = () => sessionStorage.setItem(KEPT, JSON.stringify(waiting));
const pathOf = (address) => new URL(address, location.href).pathname;

// Pages that came this way are entries of the history: going back asks for them anew.
addEventListener("popstate", () => location.reload());
addEventListener("beforeunload", (event) => {
  if (waiting.length) event.preventDefault();
});

function show({ address, text }) {
  const page = new DOMParser().parseFromString(text, "text/html");
  const fresh = document.adoptNode(page.querySelector("main"));
  document.title = page.title;
  if (address !== location.href) history.pushState(null, "", address);
  document.querySelector("main").replaceWith(fresh);
  scrollTo(0, 0);
  fresh.focus({ preventScroll: true });
  fresh.dispatchEvent(new CustomEvent("engage:swapped", { bubbles: true }));
}

async function send({ url, body }) {
  const signal = AbortSignal.timeout(SECONDS * 1_000);
  const answer = await fetch(url, { method: "POST", body: new URLSearchParams(body), signal });
  const text = await answer.text();
  if (answer.status >= 500) throw new Error(`${answer.status}`);
  return { address: answer.url, text, refused: answer.status === 422, stops: false };
}

// Sends what waits, in its order, up to what is refused; returns the last page that came. Throws without a connection.
async function sendAll() {
  let last = null;
  while (waiting.length) {
    const one = waiting[0];
    last = await send(one);
    last.stops = !pathOf(last.address).startsWith("/desk/"); // asks to sign in first: everything goes on waiting
    if (last.stops) return last;
    waiting.shift();
    // The number is somebody else's by now, or done with: the rest belonged to it.
    if (pathOf(last.address) !== pathOf(one.url)) waiting.length = 0;
    keep();
    mending = last.refused;
    last.stops = mending;
    if (last.stops) return last;
  }
  return last;
}

const sendOnce = () =>
  (running ??= sendAll().finally(() => {
    running = null;
  }));

async function tryAgain() {
  if (!waiting.length || running || mending) return;
  try {
    const last = await sendOnce();
    if (last.stops) refusal = last;
    else if (wasReloaded) show(last);
    else tell(held ? "held" : null);
  } catch {
    // Still no connection: the next turn tries again.
  }
}

addEventListener("online", tryAgain);
setInterval(tryAgain, TRY_AGAIN_SECONDS * 1_000);

// "held": it stays on the screen. "going": the screen goes on, and what was entered waits. null: all was sent.
function tell(state) {
  const note = document.querySelector("[data-unsent]");
  if (!note) return;
  note.hidden = state === null;
  for (const part of note.querySelectorAll("[data-held]")) part.hidden = state !== "held";
  for (const part of note.querySelectorAll("[data-going]")) part.hidden = state !== "going";
  if (state === "held") note.querySelector("button").focus();
}

function goAhead(form) {
  const step = form.closest("[data-step]");
  const template = document.querySelector("template[data-ahead]");
  if (!step || !template) return false;
  step.replaceChildren(template.content);
  template.remove();
  tell("going");
  scrollTo(0, 0);
  step.focus({ preventScroll: true });
  step.dispatchEvent(new CustomEvent("engage:swapped", { bubbles: true }));
  return true;
}

// What the questions to come need is asked for while there is a connection.
function prepare() {
  for (const template of document.querySelectorAll("template[data-ahead]"))
    for (const one of template.content.querySelectorAll("[data-behaviour]"))
      for (const name of one.dataset.behaviour.split(" ")) import(`./${name}.js`);
}

export default (form) => {
  let pressed = null;
  let busy = false;

  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    if (busy) return;
    busy = true;
    held = false;
    pressed = event.submitter;
    const body = [...new FormData(form)].map(([name, value]) => [name, String(value)]);
    if (pressed?.name) body.push([pressed.name, pressed.value]);
    const one = { url: form.action, body };
    if (refusal) {
      // First what was refused; this one waits with the others.
      waiting.push(one);
      keep();
      show(refusal);
      refusal = null;
      return;
    }
    if (mending) waiting.unshift(one);
    else waiting.push(one);
    keep();
    const mends = mending;
    try {
      let last = await sendOnce();
      if (waiting.length && !last.stops) last = await sendOnce();
      refusal = null; // whoever was sending meanwhile had the same one
      show(last);
    } catch {
      const isBack = pressed?.name === "go" && pressed.value === "back";
      if (isBack || mends || !goAhead(form)) {
        held = true;
        waiting.splice(waiting.indexOf(one), 1);
        keep();
        tell("held");
      }
    }
    busy = false;
  });
  document.querySelector("[data-unsent] button").addEventListener("click", () => {
    if (held && form.isConnected) form.requestSubmit(pressed);
  });
  prepare();
};
