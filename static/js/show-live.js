// Shows and hides the questions of a page while it is filled in. The server says what the page shows for what stands on
// it now; without a connection nothing happens, and all is settled when the page is sent, as without scripts.
const AFTER_CHOICE = 60, AFTER_TYPING = 450, PATIENCE = 8000;

const parts = (box) => [...box.children].filter((one) => one.dataset.part !== undefined);
const isChosen = (field) => field.type === "radio" || field.type === "checkbox";
const fieldsOf = (box) => [...box.querySelectorAll("[name]:not([type=hidden])")];
const twinOf = (field, box) =>
  fieldsOf(box).find(
    // A camera and a file have one name.
    (one) => one.name === field.name && (isChosen(one) ? one.value === field.value : field.type !== "file" || one.id === field.id),
  );

// Whether the browser has filled in something else than the page came with, as after a reload.
const isRestored = (field) => {
  if (isChosen(field)) return field.checked !== field.defaultChecked;
  if (field.tagName !== "SELECT") return field.value !== field.defaultValue;
  const first = [...field.options].find((one) => one.defaultSelected) ?? field.options[0];
  return field.value !== first?.value;
};

// Puts a part in the place of another, with what was typed there and where somebody was typing.
const swap = (old, fresh) => {
  const focused = old.contains(document.activeElement) ? document.activeElement : null;
  const marked = focused && "selectionStart" in focused ? [focused.selectionStart, focused.selectionEnd] : [null];
  const twin = focused && (focused.name ? twinOf(focused, fresh) : fresh);
  for (const field of fieldsOf(old)) {
    const next = twinOf(field, fresh);
    if (!next) continue;
    if (field.type === "file") next.replaceWith(field); // what was chosen cannot be copied
    else if (isChosen(field)) next.checked = field.checked;
    else if (next.tagName !== "SELECT" || [...next.options].some((one) => one.value === field.value)) next.value = field.value;
  }
  old.replaceWith(fresh);
  if (twin) twin.focus({ preventScroll: true });
  if (twin && marked[0] !== null) twin.setSelectionRange(...marked);
  return fresh;
};

// A question that cannot be seen does not say that it was asked.
const turn = (part, isAway) => {
  part.hidden = isAway;
  for (const mark of part.querySelectorAll("[name=asked]")) mark.disabled = mark.closest("[data-part][hidden]") !== null;
};

// Puts a part behind another; at the beginning, behind the heading, where there is none before it.
const place = (box, part, before) => {
  const heads = box.querySelectorAll(":scope > [data-head]");
  const behind = before ?? heads[heads.length - 1];
  if (behind) behind.after(part);
  else box.prepend(part);
};

const retitle = (old, fresh) => {
  for (const { name, value } of fresh.attributes) old.setAttribute(name, value);
  for (const head of old.querySelectorAll(":scope > [data-head]")) head.remove();
  old.prepend(...fresh.querySelectorAll(":scope > [data-head]"));
};

// Makes a box show what the fresh one shows. What goes is hidden, not removed: what was typed in it comes back with it.
const show = (box, fresh, appeared) => {
  const had = new Map(parts(box).map((one) => [one.dataset.part, one]));
  let last;
  for (const next of parts(fresh)) {
    let here = had.get(next.dataset.part);
    had.delete(next.dataset.part);
    const isNew = !here || here.hidden;
    if (!here) here = next;
    else {
      const changed = here.dataset.seal !== next.dataset.seal;
      if (here.dataset.holds !== undefined) {
        if (changed) retitle(here, next);
        show(here, next, isNew ? [] : appeared);
      } else if (changed) here = swap(here, next);
      turn(here, false);
    }
    if (isNew) {
      place(box, here, last);
      appeared.push(here);
    }
    last = here;
  }
  for (const gone of had.values()) turn(gone, true);
};

const nameOf = (part) => part.querySelector("h2, legend, label, b, p")?.textContent.trim() ?? "";

export default (form) => {
  const box = form.querySelector("[data-parts]");
  const said = form.querySelector("[data-appeared]");
  let timer = 0, asking = null, changed = null;
  // We keep the place ourselves, in every browser.
  document.documentElement.style.overflowAnchor = "none";

  const take = (page) => {
    const fresh = page.querySelector("[data-parts]");
    if (!fresh) return;
    const top = changed?.getBoundingClientRect().top;
    const appeared = [];
    const was = document.activeElement;
    show(box, fresh, appeared);
    for (const words of page.querySelectorAll("[data-words]")) {
      const here = document.querySelector(`main [data-words=${words.dataset.words}]`);
      if (here && here.textContent !== words.textContent) here.textContent = words.textContent;
    }
    if (changed && !changed.isConnected) changed = twinOf(changed, box);
    if (was?.closest("[data-part][hidden]")) changed?.focus({ preventScroll: true });
    if (changed && top !== undefined) scrollBy({ top: changed.getBoundingClientRect().top - top, behavior: "instant" });
    const names = appeared.map(nameOf).filter(Boolean);
    const list = new Intl.ListFormat(document.documentElement.lang).format(names);
    said.textContent = names.length ? said.dataset.appeared.replace("NNN", () => list) : "";
  };
  const ask = async () => {
    const mine = (asking = new AbortController());
    const body = new FormData(form);
    for (const [name, value] of [...body]) if (value instanceof File) body.delete(name); // nothing depends on a file
    const tired = setTimeout(() => mine.abort(), PATIENCE);
    try {
      const answer = await fetch(form.dataset.look, {
        method: "POST",
        body,
        redirect: "error",
        signal: mine.signal,
      });
      const text = answer.status === 200 ? await answer.text() : "";
      if (text && mine === asking) take(new DOMParser().parseFromString(text, "text/html"));
    } catch {
      /* no line, or too late: the page settles it when it is sent */
    }
    clearTimeout(tired);
  };
  const soon = (pause) => {
    clearTimeout(timer);
    asking?.abort();
    asking = null;
    timer = setTimeout(ask, pause);
  };
  const heard = (event) => {
    const { target } = event;
    if (event.isComposing || !target.name?.startsWith("q:") || !target.closest("[data-part]")?.matches("[data-read]")) return;
    changed = target;
    soon(isChosen(target) || target.tagName === "SELECT" ? AFTER_CHOICE : AFTER_TYPING);
  };
  form.addEventListener("input", heard);
  form.addEventListener("compositionend", heard);
  form.addEventListener("submit", () => {
    clearTimeout(timer);
    asking?.abort();
    asking = null;
  });
  if ([...form.querySelectorAll("[data-read]")].some((part) => fieldsOf(part).some(isRestored))) soon(0);
};
