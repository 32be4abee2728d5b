// A page that others change is asked for again and put in its place, while it is seen and nobody works in it. It ends
// when the page that came has no `data-every`: nothing changes any more. `data-from`: where it stands, if not here.
export default (part) => {
  const ask = async () => {
    if (!part.isConnected) return;
    const busy = document.hidden || part.contains(document.activeElement) || part.querySelector("details[open]");
    const answer = busy ? null : await fetch(part.dataset.from || location.href, { credentials: "same-origin" }).catch(() => null);
    if (answer?.ok && !answer.redirected) {
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      const fresh = page.getElementById(part.id);
      if (fresh) part.replaceChildren(...fresh.childNodes);
      if (fresh && !fresh.dataset.every) return;
    }
    setTimeout(ask, Number(part.dataset.every) * 1000);
  };
  setTimeout(ask, Number(part.dataset.every) * 1000);
};
