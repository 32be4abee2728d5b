// Finds a theme in the list by what is typed; Enter presses the only one that is left.
export default function codingFind(root) {
  const field = root.querySelector("[data-search]");
  const items = [...root.querySelectorAll("[data-name]")];
  field.closest("[hidden]")?.removeAttribute("hidden");

  const shown = () => items.filter((item) => !item.hidden);

  field.addEventListener("input", () => {
    const wanted = field.value.trim().toLowerCase();
    for (const item of items) item.hidden = !item.dataset.name.toLowerCase().includes(wanted);
  });
  field.addEventListener("keydown", (event) => {
    if (event.key !== "Enter") return;
    event.preventDefault();
    if (field.value.trim() && shown().length) shown()[0].querySelector("button").click();
  });
}
