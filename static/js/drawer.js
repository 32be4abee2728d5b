// On a wide screen a comment control opens the same form beside the text; without this file it opens its own page.
const wide = matchMedia("(min-width: 60rem)");

export default (split) => {
  const place = split.querySelector("[data-drawer-place]");
  const resting = place.innerHTML;
  let opener = null;

  const close = () => {
    place.innerHTML = resting;
    split.querySelector(".clause[aria-current]")?.removeAttribute("aria-current");
    opener?.focus();
  };

  split.addEventListener("click", async (event) => {
    if (event.ctrlKey || event.metaKey || event.shiftKey) return;
    const link = event.target.closest("[data-drawer]");
    if (link && wide.matches) {
      event.preventDefault();
      opener = link;
      const answer = await fetch(link.href, { headers: { "X-Requested-With": "fetch" } }).catch(() => null);
      const page = answer?.ok && !answer.redirected && new DOMParser().parseFromString(await answer.text(), "text/html");
      const form = page && page.getElementById("comment");
      if (!form) {
        location.href = link.href;
        return;
      }
      const heading = document.createElement("h2");
      heading.textContent = page.querySelector("h1").textContent;
      heading.tabIndex = -1;
      form.prepend(heading);
      form.action = link.href;
      place.replaceChildren(document.adoptNode(form));
      split.querySelector(".clause[aria-current]")?.removeAttribute("aria-current");
      link.closest(".clause")?.setAttribute("aria-current", "true");
      place.dispatchEvent(new CustomEvent("engage:swapped", { bubbles: true }));
      heading.focus();
    } else if (event.target.closest("[data-drawer-close]") && place.contains(event.target)) {
      event.preventDefault();
      close();
    }
  });
  place.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && place.querySelector("form")) close();
  });
};
