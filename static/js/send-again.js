// Sends a form without leaving the page, and puts what comes back in this page's place. While there is no connection, a
// page that carries what follows for certain (template[data-ahead]) goes on with it: what was entered waits in this tab,
// for who entered it, and is sent in its order as soon as that is possible. Where nothing follows, everything typed stays
// on the screen, and one press sends it again. Without this file the browser sends it.
const SECONDS = 15;
const SECONDS_TO_GO_AHEAD = 5;
const TRY_AGAIN_SECONDS = 5;
const KEPT = `engage-unsent-${document.querySelector("[data-unsent]").dataset.unsent}`;
// To sign in again, or to wait a little: whatever waits goes on waiting.
const LATER = [403, 429];

// One that waits: {url, body, number, at}. `number` is whose call it belongs to, `at` the question.
const waiting = JSON.parse(sessionStorage.getItem(KEPT) ?? "[]");
let mending = false; // the first was refused, and others wait behind it: it is mended before they are sent
let refusal = null; // the page that says so, while somebody still fills in another
let held = false; // what was pressed last stays on the screen and is sent by hand
let lineIsDown = false;
let asksFirst = false; // to sign in, or to wait: only a press or a new page tries again
let running = null;
let stale = waiting.length > 0; // this page is older than what waits
let leaving = false;

const bare = () => location.href.split("#")[0];
let here = bare();
const keep = () => sessionStorage.setItem(KEPT, JSON.stringify(waiting));
const pathOf = (address) => new URL(address, location.href).pathname;
const numberHere = () => document.querySelector("main form[data-number]")?.dataset.number;
const nextAhead = () => document.querySelector("template[data-ahead]");

// Pages that came this way are entries of the history: going back asks for them anew. A link inside a page is none.
addEventListener("popstate", () => {
  if (bare() !== here) location.reload();
});
addEventListener("beforeunload", (event) => {
  if (waiting.length && !leaving) event.preventDefault();
});
addEventListener("input", () => {
  stale = false;
});

// Questions that are answered already are not asked once more, without their answers.
function dropAhead(root) {
  for (const template of root.querySelectorAll("template[data-ahead]")) template.remove();
}

function show({ address, text }) {
  if (!pathOf(address).startsWith("/desk/")) {
    // To sign in, on a page of its own; what waits is sent when its person is back.
    leaving = true;
    const back = encodeURIComponent(location.pathname + location.search);
    location.assign(`${pathOf(address)}?next=${back}`);
    return;
  }
  const page = new DOMParser().parseFromString(text, "text/html");
  const fresh = document.adoptNode(page.querySelector("main"));
  held = false;
  refusal = null;
  stale = false;
  if (waiting.length) dropAhead(fresh);
  document.title = page.title;
  if (address !== location.href) history.pushState(null, "", address);
  here = bare();
  document.querySelector("main").replaceWith(fresh);
  scrollTo(0, 0);
  fresh.focus({ preventScroll: true });
  fresh.dispatchEvent(new CustomEvent("engage:swapped", { bubbles: true }));
}

// The token of this moment: it changes when somebody signs in again.
function token() {
  const cookie = document.cookie.split("; ").find((one) => one.startsWith("csrftoken="));
  return cookie?.slice("csrftoken=".length) ?? document.querySelector("[name=csrfmiddlewaretoken]")?.value ?? "";
}

// Returns {address, text, one} with what became of it: `later`, `refused`, `over` (the number is somebody else's by
// now, or done with), or none of them. Throws without a connection.
async function send(one, seconds) {
  const answer = await fetch(one.url, {
    method: "POST",
    body: new URLSearchParams(one.body),
    headers: { "X-CSRFToken": token() },
    signal: AbortSignal.timeout(seconds * 1_000),
  });
  const text = await answer.text();
  if (answer.status >= 500) throw new Error(`${answer.status}`);
  lineIsDown = false;
  const later = LATER.includes(answer.status) || !pathOf(answer.url).startsWith("/desk/");
  const refused = answer.status === 422;
  asksFirst = later;
  const moved = one.at !== "" && pathOf(answer.url) !== pathOf(one.url);
  const over = !later && !refused && (moved || !answer.ok);
  // What refuses a form has the form's own address, which nobody can go to.
  const address = answer.redirected ? answer.url : location.href;
  return { address: later ? answer.url : address, text, one, later, refused, over };
}

// Answers for a number that is over are nobody's. What came of a call is kept whoever has the number, unless the page
// itself asks for another result (a quota is full).
function dropOthersOf({ one: first, address }) {
  const isCall = (one) => pathOf(one.url).endsWith("/finish/") && !address.includes("result=");
  waiting.splice(0, waiting.length, ...waiting.filter((one) => one.number !== first.number || isCall(one)));
}

const isBack = (one) => one?.body.some(([name, value]) => name === "go" && value === "back");

// Sends what waits, in its order, up to what does not go through; returns the last page that came.
async function sendAll(seconds) {
  let last = null;
  while (waiting.length) {
    last = await send(waiting[0], seconds);
    if (last.later) return last;
    // Going back leads to what is refused, and that is shown now.
    if (last.refused && isBack(waiting[1])) waiting.splice(1, 1);
    if (last.refused && waiting.length > 1) {
      mending = true;
      return last;
    }
    waiting.shift();
    if (last.over) dropOthersOf(last);
    keep();
    if (last.refused) return last;
  }
  return last;
}

const sendOnce = (seconds = SECONDS) =>
  (running ??= sendAll(seconds).finally(() => {
    running = null;
  }));

async function tryAgain() {
  if (!waiting.length || running || mending || asksFirst) return;
  try {
    const last = await sendOnce();
    if (last.later) return;
    const isHere = [undefined, last.one.number].includes(numberHere());
    if (last.refused && stale) show(last);
    else if (last.refused) {
      refusal = last;
      if (!mending) {
        // It was alone: it waits to be mended, so that leaving asks first.
        waiting.unshift(last.one);
        mending = true;
        keep();
      }
    } else if (last.over && (stale || isHere)) show(last);
    else if (stale && isHere) location.reload();
    else tell(held ? "held" : null);
  } catch {
    lineIsDown = true; // the next turn tries again
    if (stale) tell("going");
  }
}

addEventListener("online", () => tryAgain());
setInterval(tryAgain, TRY_AGAIN_SECONDS * 1_000);

// "held": it stays on the screen. "going": the screen goes on, and what was entered waits. null: all was sent.
function tell(state) {
  const note = document.querySelector("[data-unsent]");
  if (!note) return;
  note.hidden = state === null;
  for (const part of note.querySelectorAll("[data-held]")) part.hidden = state !== "held";
  for (const part of note.querySelectorAll("[data-going]")) part.hidden = state !== "going";
  const words = [...note.querySelectorAll("b, span:not([hidden])")].map((one) => one.textContent).join(". ");
  document.querySelector("[data-unsent-said]").textContent = state === null ? "" : words;
}

function goAhead(form) {
  const step = form.closest("[data-step]");
  const template = nextAhead();
  step.replaceChildren(template.content);
  template.remove();
  document.title = [template.dataset.title, ...document.title.split(" · ").slice(1)].join(" · ");
  tell("going");
  scrollTo(0, 0);
  step.focus({ preventScroll: true });
  step.dispatchEvent(new CustomEvent("engage:swapped", { bubbles: true }));
}

// What the questions to come need is asked for while there is a connection.
function prepare() {
  for (const template of document.querySelectorAll("template[data-ahead]"))
    for (const one of template.content.querySelectorAll("[data-behaviour]"))
      for (const name of one.dataset.behaviour.split(" ")) import(`./${name}.js`);
}

function hold() {
  held = true;
  tell("held");
  document.querySelector("[data-unsent] button").focus();
}

export default (form) => {
  let pressed = null;
  let busy = false;

  // Its place is beside what waits: going back, or another question while the first that waits is to be mended.
  async function sendAlone(one) {
    try {
      show(await send(one, SECONDS));
    } catch {
      lineIsDown = true;
      hold();
    }
  }

  async function sendBehind(one, follows) {
    waiting.push(one);
    keep();
    if (follows && lineIsDown && waiting.length > 1) {
      goAhead(form);
      tryAgain();
      return;
    }
    try {
      let last = await sendOnce(follows ? SECONDS_TO_GO_AHEAD : SECONDS);
      if (waiting.includes(one) && !last.later && !last.refused) last = await sendOnce();
      if (last.refused && last.one === one && waiting[0] === one) {
        // Whoever was sending meanwhile put it back; it is on the screen.
        waiting.shift();
        mending = false;
        keep();
      }
      show(last);
    } catch {
      lineIsDown = true;
      if (follows) {
        goAhead(form);
        return;
      }
      const place = waiting.indexOf(one);
      if (place >= 0) waiting.splice(place, 1);
      keep();
      hold();
    }
  }

  async function sendMended(one) {
    const before = waiting[0];
    waiting[0] = one;
    mending = false;
    keep();
    try {
      show(await sendOnce());
    } catch {
      lineIsDown = true;
      if (waiting[0] === one) {
        waiting[0] = before;
        mending = true;
        keep();
      }
      hold();
    }
  }

  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    if (busy) return;
    busy = true;
    held = false;
    stale = false;
    pressed = event.submitter;
    const body = [...new FormData(form)].filter(([name]) => name !== "csrfmiddlewaretoken");
    if (pressed?.name) body.push([pressed.name, pressed.value]);
    const one = { url: form.action, body, number: form.dataset.number, at: form.elements.at?.value ?? "" };
    const goesBack = isBack(one);
    if (refusal) {
      // First what was refused: this one waits behind the others.
      if (!goesBack) waiting.push(one);
      keep();
      show(refusal);
    } else if (mending) {
      const mends = !goesBack && one.number === waiting[0].number && one.at === waiting[0].at;
      await (mends ? sendMended(one) : sendAlone(one));
    } else if (goesBack && !waiting.length) {
      await sendAlone(one);
    } else {
      await sendBehind(one, !goesBack && Boolean(form.closest("[data-step]")) && Boolean(nextAhead()));
    }
    busy = false;
  });
  document.querySelector("[data-unsent] button").addEventListener("click", () => {
    if (held && form.isConnected) form.requestSubmit(pressed);
  });
  prepare();
};

if (stale) dropAhead(document);
tryAgain();
