// Keys of the desk. Each presses a button that is on the page; none works while somebody types, and all single
// keys can be turned off (WCAG 2.1.4). Without this file the page works by its buttons alone.
const FIELDS = "input:not([type=checkbox]):not([type=radio]), select, textarea, [contenteditable]";

export default function deskKeys(root) {
  const keysOn = root.dataset.keys === "on";
  const sheet = root.querySelector("[data-sheet]");
  const rows = () => [...root.querySelectorAll("[data-row]")];
  const current = () => root.querySelector("[data-row].on");

  function move(step) {
    const all = rows();
    if (!all.length) return;
    const from = all.indexOf(current());
    select(all[Math.min(Math.max(from + step, 0), all.length - 1)]);
  }

  function select(row) {
    current()?.classList.remove("on");
    row.classList.add("on");
    const target = row.querySelector("[data-open]") ?? row.querySelector("input[name=id], button");
    target?.focus({ preventScroll: true });
    row.scrollIntoView({ block: "nearest" });
  }

  function press(key) {
    const chosen = root.querySelector("input[name=id]:checked, input[name=all]:checked");
    const aside = root.querySelector(`[data-bulk-key="${key}"]`);
    let button = chosen ? aside : current()?.querySelector(`[data-key="${key}"]`);
    // What rows have no button for is done with the present row as if it were chosen.
    if (!button && !chosen && aside?.matches("[data-aside]") && current()) {
      current().querySelector("input[name=id]").checked = true;
      button = aside;
    }
    button?.click();
    return Boolean(button);
  }

  // What a page that is no queue gives a key to; of several, the one beside the chosen radio button.
  function pressOnPage(key) {
    const all = [...root.querySelectorAll("[data-page-key]")].filter(
      (one) => one.dataset.pageKey.split(" ").includes(key) && !one.closest("[hidden]"),
    );
    const target = all.find((one) => one.closest("[data-target]")?.querySelector("input:checked")) ?? all[0];
    if (target?.matches(FIELDS)) target.focus();
    else target?.click();
    return Boolean(target);
  }

  function openSheet() {
    if (sheet && !sheet.open) sheet.showModal();
  }

  const desk = {
    j: () => move(1),
    k: () => move(-1),
    z: () => root.querySelector("button[data-key=z][name=token]")?.click(),
    "/": () => root.querySelector("[data-search]")?.focus(),
    "?": openSheet,
  };

  function onKey(event) {
    if (!root.isConnected) return document.removeEventListener("keydown", onKey);
    if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
    if (event.key === "Escape" && event.target.matches?.("[data-search]")) return event.target.blur();
    if (event.key === "Enter" && event.target.matches?.("input[name=id]")) return event.preventDefault();
    if (!keysOn || event.target.matches?.(FIELDS) || document.querySelector("dialog[open]")) return;
    // What a key presses may still be on its way: a quick key waits for it, and does not fall through to another.
    if (document.documentElement.dataset.bound === undefined) {
      event.preventDefault();
      return document.addEventListener("engage:bound", () => onKey(event), { once: true });
    }
    if (!event.repeat && pressOnPage(event.key)) {
      event.preventDefault();
    } else if (desk[event.key]) {
      event.preventDefault();
      desk[event.key]();
    } else if (/^[a-z]$/.test(event.key) && !event.repeat && press(event.key)) {
      event.preventDefault();
    }
  }

  // After an action the page comes anew without the row: the one that took its place is next, not the first.
  const place = `desk-row:${location.pathname}`;
  root.querySelector("form[data-rows]")?.addEventListener("submit", () => {
    sessionStorage.setItem(place, Math.max(rows().indexOf(current()), 0));
  });
  const left = sessionStorage.getItem(place);
  sessionStorage.removeItem(place);
  if (left !== null && rows().length) select(rows()[Math.min(Number(left), rows().length - 1)]);

  document.addEventListener("keydown", onKey);
  root.addEventListener("focusin", (event) => {
    const row = event.target.closest("[data-row]");
    if (row && row !== current()) {
      current()?.classList.remove("on");
      row.classList.add("on");
    }
  });
  for (const button of root.querySelectorAll("[data-press]")) {
    button.hidden = false;
    button.addEventListener("click", () => desk[button.dataset.press]());
  }
  root.querySelector("[data-sheet-opener]")?.addEventListener("click", (event) => {
    if (!sheet) return;
    event.preventDefault();
    openSheet();
  });
  const all = root.querySelector("[data-choose-all]");
  if (all) {
    all.hidden = false;
    all.addEventListener("click", () => {
      const boxes = [...root.querySelectorAll("input[name=id]")];
      const wanted = boxes.some((box) => !box.checked);
      for (const box of boxes) box.checked = wanted;
    });
  }
}
