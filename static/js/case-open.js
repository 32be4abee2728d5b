// Who else has this case open: asked every two seconds while the page is in sight. Without it the page says it once.
const SECONDS = 2;
// Somebody who typed so long ago is still writing.
const WRITING = 8_000;

export default (root) => {
  const others = root.querySelector("[data-others]");
  const moved = root.querySelector("[data-moved]");
  const token = root.querySelector("[name=csrfmiddlewaretoken]").value;
  let typed = -Infinity;
  let busy = false;

  document.querySelector("#answer")?.addEventListener("input", () => {
    typed = performance.now();
  });

  function words(more) {
    const said = new FormData();
    said.set("csrfmiddlewaretoken", token);
    if (performance.now() - typed < WRITING) said.set("writing", "yes");
    if (more) said.set(more, "yes");
    return said;
  }

  async function ask() {
    if (busy || document.hidden) return;
    busy = true;
    try {
      const answer = await fetch(root.dataset.address, {
        method: "POST",
        body: words(),
        signal: AbortSignal.timeout(10_000),
      });
      if (answer.ok) {
        const said = await answer.json();
        others.textContent = said.others;
        others.hidden = !said.others;
        moved.hidden = String(said.revision) === root.dataset.revision;
      } else if (answer.status === 404) {
        moved.hidden = false; // it lies at another unit now
      }
    } catch {
      others.hidden = true; // no connection: nobody knows who is there
    }
    busy = false;
  }

  const timer = setInterval(() => (root.isConnected ? ask() : clearInterval(timer)), SECONDS * 1_000);
  addEventListener("pagehide", () => navigator.sendBeacon(root.dataset.address, words("leaving")));
};
