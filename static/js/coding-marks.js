// Words of a comment are chosen by selecting them; the form then sends where they stand, counted in code points, which
// is how the server counts. Without this file sentences are chosen by their checkboxes.
export default function codingMarks(root) {
  const text = root.querySelector("[data-text]");
  const field = root.querySelector("input[name=selection]");
  const told = root.querySelector("[data-selection]");
  if (!text || !field) return;

  function placeOf(node, offset) {
    const before = document.createRange();
    before.setStart(text, 0);
    before.setEnd(node, offset);
    const words = before.cloneContents();
    for (const number of words.querySelectorAll("sup")) number.remove();
    return [...words.textContent].length;
  }

  function choose(start, end) {
    field.value = end > start ? `${start}-${end}` : "";
    const words = [...plain(text)].slice(start, end).join("");
    told.hidden = !field.value;
    told.querySelector("q").textContent = words.length > 60 ? `${words.slice(0, 60)}…` : words;
  }

  function plain(element) {
    const copy = element.cloneNode(true);
    for (const number of copy.querySelectorAll("sup")) number.remove();
    return copy.textContent;
  }

  function follow() {
    const selection = document.getSelection();
    if (!selection.rangeCount || !root.isConnected) return;
    const range = selection.getRangeAt(0);
    // A press on a button elsewhere must not let go of the words.
    if (!text.contains(range.startContainer) || !text.contains(range.endContainer)) return;
    choose(
      placeOf(range.startContainer, range.startOffset),
      placeOf(range.endContainer, range.endOffset),
    );
  }

  document.addEventListener("selectionchange", follow);
  // The browser tells of a selection a little later; a quick key must not code the whole comment instead of the words.
  document.addEventListener("submit", follow, true);

  const next = root.querySelector("[data-next-point]");
  const radios = [...root.querySelectorAll("input[name=point]")];
  if (next && radios.length > 1) {
    next.hidden = false;
    next.addEventListener("click", () => {
      const following = radios[(radios.findIndex((radio) => radio.checked) + 1) % radios.length];
      following.checked = true;
      following.focus();
    });
  }
  if (field.value) {
    const [start, end] = field.value.split("-").map(Number);
    choose(start, end);
  }
}
