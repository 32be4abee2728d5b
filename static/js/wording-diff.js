// Shows what a suggested wording changes while it is typed. The server shows the same on the check page.
const tokens = (text) => text.match(/[A-Za-z0-9À-ɏ]+|\s+|[^]/gu) ?? [];

// Longest common subsequence on what lies between the common head and tail; long texts are shown as one change.
export const diff = (before, after) => {
  const a = tokens(before), b = tokens(after);
  let head = 0, tail = 0;
  while (head < a.length && head < b.length && a[head] === b[head]) head += 1;
  while (tail < a.length - head && tail < b.length - head && a[a.length - 1 - tail] === b[b.length - 1 - tail]) tail += 1;
  const x = a.slice(head, a.length - tail), y = b.slice(head, b.length - tail);
  const pieces = [];
  const push = (kind, text) => {
    const lastPiece = pieces[pieces.length - 1];
    if (lastPiece && lastPiece[0] === kind) lastPiece[1] += text;
    else if (text) pieces.push([kind, text]);
  };
  push("keep", a.slice(0, head).join(""));
  if (x.length * y.length > 250000) {
    push("del", x.join(""));
    push("ins", y.join(""));
  } else {
    const width = y.length + 1;
    const lengths = new Uint16Array((x.length + 1) * width);
    for (let i = x.length - 1; i >= 0; i -= 1)
      for (let j = y.length - 1; j >= 0; j -= 1)
        lengths[i * width + j] = x[i] === y[j] ? lengths[(i + 1) * width + j + 1] + 1 : Math.max(lengths[(i + 1) * width + j], lengths[i * width + j + 1]);
    let i = 0, j = 0;
    while (i < x.length || j < y.length) {
      if (i < x.length && j < y.length && x[i] === y[j]) {
        push("keep", x[i]);
        i += 1;
        j += 1;
      } else if (j >= y.length || (i < x.length && lengths[(i + 1) * width + j] >= lengths[i * width + j + 1])) {
        push("del", x[i]);
        i += 1;
      } else {
        push("ins", y[j]);
        j += 1;
      }
    }
  }
  push("keep", a.slice(a.length - tail).join(""));
  return pieces;
};

export default (box) => {
  const original = box.querySelector("[data-original]").value;
  const field = box.querySelector("[name=suggested]");
  const place = box.querySelector("[data-diff]");
  const show = () => {
    const pieces = diff(original.trim(), field.value.trim());
    const changed = pieces.some(([kind]) => kind !== "keep") && field.value.trim();
    place.hidden = !changed;
    if (!changed) return;
    place.replaceChildren(
      ...pieces.map(([kind, text]) => {
        if (kind === "keep") return document.createTextNode(text);
        const node = document.createElement(kind);
        node.textContent = text;
        return node;
      }),
    );
  };
  field.addEventListener("input", show);
  show();
  box.closest("form").addEventListener("change", (event) => {
    if (event.target.name === "stance" && event.target.value === "change") box.open = true;
  });
};
