// Keeps a draft on the server every three seconds while somebody writes; the button of the form does the same.
const SECONDS = 3;

export default (form) => {
  const note = form.querySelector("[data-saved]");
  const failure = form.querySelector("[data-failure]");
  const written = () => JSON.stringify([...new FormData(form)].filter(([name]) => !["revision", "csrfmiddlewaretoken"].includes(name)));
  let last = written();
  let busy = false;
  let stopped = false;

  function fail(words) {
    failure.textContent = words;
    failure.hidden = false;
    note.hidden = true;
  }

  async function keep() {
    const now = written();
    if (busy || stopped || !form.isConnected || now === last) return;
    busy = true;
    try {
      const answer = await fetch(form.action, {
        method: "POST",
        body: new FormData(form),
        headers: { Accept: "application/json" },
        signal: AbortSignal.timeout(10_000),
      });
      const said = await answer.json();
      if (answer.ok) {
        last = now;
        form.elements.revision.value = said.revision;
        note.textContent = `${note.dataset.words} ${said.at}`;
        note.hidden = false;
        failure.hidden = true;
      } else {
        // Somebody else wrote, or the draft is not ours to write any more: the button shows both texts.
        stopped = answer.status === 409;
        fail(said.message);
      }
    } catch {
      fail(form.dataset.failed);
    }
    busy = false;
  }

  const timer = setInterval(() => (form.isConnected ? keep() : clearInterval(timer)), SECONDS * 1_000);
  form.addEventListener("submit", () => {
    stopped = true;
  });
};
