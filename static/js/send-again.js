// Sends a form without leaving the page, and puts what comes back in this page's place. While there is no connection
// everything typed stays on the screen, and one press sends the same again. Without this file the browser sends it.
const SECONDS = 15;

// Pages that came this way are entries of the history: going back asks for them anew.
addEventListener("popstate", () => location.reload());

function show(address, text) {
  const page = new DOMParser().parseFromString(text, "text/html");
  const fresh = document.adoptNode(page.querySelector("main"));
  document.title = page.title;
  if (address !== location.href) history.pushState(null, "", address);
  document.querySelector("main").replaceWith(fresh);
  scrollTo(0, 0);
  fresh.focus({ preventScroll: true });
  fresh.dispatchEvent(new CustomEvent("engage:swapped", { bubbles: true }));
}

export default (form) => {
  const note = document.querySelector("[data-unsent]");
  const again = note.querySelector("button");
  let pressed = null;
  let busy = false;

  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    if (busy) return;
    busy = true;
    pressed = event.submitter;
    const data = new FormData(form);
    if (pressed?.name) data.append(pressed.name, pressed.value);
    try {
      const signal = AbortSignal.timeout(SECONDS * 1_000);
      const answer = await fetch(form.action, { method: "POST", body: data, signal });
      const text = await answer.text();
      if (answer.status >= 500) throw new Error(`${answer.status}`);
      show(answer.url, text);
    } catch {
      note.hidden = false;
      again.focus();
    }
    busy = false;
  });
  again.addEventListener("click", () => form.requestSubmit(pressed));
};
