// "I agree" without leaving the page: sends the form of the link's own page and tells what that page says.
export default (link) => {
  const read = async (answer) => new DOMParser().parseFromString(await answer.text(), "text/html");

  link.addEventListener("click", async (event) => {
    if (event.ctrlKey || event.metaKey || event.shiftKey || link.dataset.done) return;
    event.preventDefault();
    link.dataset.done = "on"; // whatever happens, the next press opens the page
    const asked = await fetch(link.href).catch(() => null);
    const form = asked?.ok && (await read(asked)).querySelector("[data-agree] form");
    const button = form && form.querySelector('button[value="agree"]');
    if (!button) {
      location.href = link.href;
      return;
    }
    const body = new FormData(form);
    body.set("do", "agree");
    const answer = await fetch(link.href, { method: "POST", body }).catch(() => null);
    const page = answer?.ok && (await read(answer));
    const said = page && page.querySelector("[data-agreed]");
    if (!said) {
      location.href = link.href;
      return;
    }
    const note = document.createElement("span");
    note.setAttribute("role", "status");
    link.before(note);
    note.textContent = said.textContent;
    link.textContent = page.querySelector('button[value="take_back"]').textContent;
  });
};
