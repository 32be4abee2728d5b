// Words of an article that are selected get a link of their own to the same form; the link on each clause stays.
const signs = (text) => [...text.replace(/\s/gu, "")].length; // characters without spaces, as the server counts them
// The signs of footnotes stand in the text and are none of its words.
const words = (range) => {
  const copy = range.cloneContents();
  for (const sign of copy.querySelectorAll("sup")) sign.remove();
  return copy.textContent;
};

export default (root) => {
  const link = document.createElement("a");
  link.className = "btn btn-go mark-passage";
  link.hidden = true;
  link.textContent = root.dataset.words;
  link.addEventListener("mousedown", (event) => event.preventDefault()); // a press would take the selection away

  document.addEventListener("selectionchange", () => {
    const selection = document.getSelection();
    const range = selection.rangeCount && !selection.isCollapsed ? selection.getRangeAt(0) : null;
    const clause = range && range.startContainer.parentElement?.closest(".clause");
    const rule = clause?.querySelector(".rule");
    const compose = clause?.querySelector("[data-compose]");
    if (!compose || !root.contains(clause) || !rule.contains(range.startContainer) || !rule.contains(range.endContainer)) {
      if (document.activeElement !== link) link.hidden = true;
      return;
    }
    const before = document.createRange();
    before.setStart(rule, 0);
    before.setEnd(range.startContainer, range.startOffset);
    const from = signs(words(before));
    const to = from + signs(words(range));
    if (to === from) return;
    const address = new URL(compose.href);
    address.searchParams.set("from", from);
    address.searchParams.set("to", to);
    address.searchParams.set("v", root.dataset.version);
    link.href = address;
    link.toggleAttribute("data-drawer", compose.hasAttribute("data-drawer"));
    if (link.previousElementSibling !== compose) compose.after(link);
    link.hidden = false;
  });
};
