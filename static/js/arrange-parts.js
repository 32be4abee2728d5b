// Questions and pages of the builder are dragged by a grip to another place. The buttons beside them do the same; the
// move is sent by their form, with the revision that was shown, and the outline comes back as it is then.
const list = document.querySelector("[data-arrange]");
const EDGE = 60; // from here on to the rim of what scrolls, in pixels, it does
const STEP = 12; // pixels a frame

let drag = null;

const isItem = (part) => part.matches("[data-item]");
const isInside = (row) => drag.held.includes(row);

// A group goes with all that stands in it: the rows below that lie deeper, and its own end.
function heldBy(part) {
  if (!isItem(part)) return [part];
  const held = [part];
  const { item, depth } = part.dataset;
  let next = part.nextElementSibling;
  while (next && ("group" in next.dataset || Number(next.dataset.depth) > Number(depth))) {
    const around = next.dataset.group;
    if (around && around !== item && !held.some((row) => row.dataset.item === around)) break;
    held.push(next);
    next = next.nextElementSibling;
  }
  return held;
}

function placeBefore(row) {
  if ("page" in row.dataset || "item" in row.dataset) return { before: row.dataset.page ?? row.dataset.item };
  return { group: row.dataset.group };
}

// Where a part would go, and the row that shows it: at its upper rim (`before`) or its lower one.
function targetAt(x, y) {
  const under = document.elementFromPoint(x, y);
  const section = under?.closest("[data-page]");
  if (!section || !list.contains(section)) return null;
  const row = isItem(drag.part) ? under.closest(".survey-items > li") : section;
  if (!row) {
    const last = section.querySelector(".survey-items > li:last-child");
    const above = section.querySelector(".survey-items")?.getBoundingClientRect().top > y;
    const first = section.querySelector(".survey-items > li");
    if (first && above) return isInside(first) ? null : { row: first, side: "before", to: placeBefore(first) };
    return { row: last ?? section, side: "after", to: { page: section.dataset.page } };
  }
  if (isInside(row)) return null;
  const box = row.getBoundingClientRect();
  if (y < box.top + box.height / 2) return { row, side: "before", to: placeBefore(row) };
  let next = row.nextElementSibling;
  while (next && isInside(next)) next = next.nextElementSibling;
  if (next) return { row, side: "after", to: placeBefore(next) };
  return { row, side: "after", to: isItem(drag.part) ? { page: section.dataset.page } : {} };
}

function show() {
  const found = targetAt(drag.x, drag.y);
  if (drag.target) delete drag.target.row.dataset.drop;
  drag.target = found;
  if (found) found.row.dataset.drop = found.side;
}

// The Studio scrolls a part of the window, not the page.
function scrollerOf(element) {
  for (let around = element.parentElement; around; around = around.parentElement)
    if (/auto|scroll/.test(getComputedStyle(around).overflowY)) return around;
  return document.scrollingElement;
}

function scroll() {
  if (!drag) return;
  const { top, bottom } = drag.scroller.getBoundingClientRect();
  const low = Math.min(bottom, window.innerHeight) - EDGE;
  const way = drag.y < Math.max(top, 0) + EDGE ? -STEP : drag.y > low ? STEP : 0;
  if (way) {
    drag.scroller.scrollBy(0, way);
    show();
  }
  requestAnimationFrame(scroll);
}

function end() {
  if (!drag) return null;
  const { target, held, part } = drag;
  if (target) delete target.row.dataset.drop;
  for (const row of held) row.classList.remove("survey-dragged");
  drag = null;
  return target && { part, to: target.to };
}

function send(part, to) {
  const form = part.querySelector("form[action$='/arrange/']");
  for (const [name, value] of Object.entries({ step: "to", ...to })) {
    const field = document.createElement("input");
    field.type = "hidden";
    field.name = name;
    field.value = value;
    form.append(field);
  }
  form.submit();
}

function gripFor(part) {
  const grip = document.createElement("span");
  grip.className = "survey-grip";
  grip.title = list.dataset.hint;
  grip.setAttribute("aria-hidden", "true"); // the buttons are for the keyboard and for screen readers
  grip.addEventListener("pointerdown", (event) => {
    if (event.button) return;
    event.preventDefault();
    grip.setPointerCapture(event.pointerId);
    drag = { part, held: [], x: event.clientX, y: event.clientY, target: null };
    drag.scroller = scrollerOf(list);
    drag.held = heldBy(part);
    for (const row of drag.held) row.classList.add("survey-dragged");
    requestAnimationFrame(scroll);
  });
  grip.addEventListener("pointermove", (event) => {
    if (!drag) return;
    [drag.x, drag.y] = [event.clientX, event.clientY];
    show();
  });
  grip.addEventListener("pointerup", () => {
    const moved = end();
    if (moved) send(moved.part, moved.to);
  });
  grip.addEventListener("pointercancel", end);
  return grip;
}

for (const part of list?.querySelectorAll("[data-page], [data-item]") ?? [])
  part.querySelector(isItem(part) ? ":scope > div" : "h2").prepend(gripFor(part));
document.addEventListener("keydown", (event) => {
  if (event.key === "Escape") end();
});
