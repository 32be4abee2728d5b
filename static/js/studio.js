// Starts Wagtail's date fields, choosers and inline panels from attributes: the Studio runs no inline script.
// Only these may be started; markup alone can reach no other function of the page.
const FUNCTIONS = new Set(["initDateChooser", "initTimeChooser", "initDateTimeChooser", "createTaskChooser"]);
const CLASSES = new Set([
  "Chooser",
  "PageChooser",
  "SnippetChooser",
  "ImageChooser",
  "DocumentChooser",
  "InlinePanel",
  "MultipleChooserPanel",
]);

function start(element) {
  const { start: name, startId, startOptions } = element.dataset;
  const given = startId === undefined ? [] : [startId];
  given.push(JSON.parse(startOptions));
  element.removeAttribute("data-start");
  if (FUNCTIONS.has(name)) window[name](...given);
  else if (CLASSES.has(name)) new window[name](...given);
  else throw new Error(`studio.js starts no ${name}`);
}

function startAllIn(root) {
  if (root.matches("[data-start]")) start(root);
  for (const element of root.querySelectorAll("[data-start]")) start(element);
}

// What is pasted over a whole field also goes, with its headings and lists, into the hidden field that `data-rich` names.
const MOST_RICH = 1_500_000;
for (const field of document.querySelectorAll("[data-rich]")) {
  const rich = field.form.elements[field.dataset.rich];
  let pasted = "";
  field.addEventListener("paste", (event) => {
    const whole = field.selectionStart === 0 && field.selectionEnd === field.value.length;
    const found = event.clipboardData.getData("text/html");
    pasted = whole && found.length < MOST_RICH ? found : "";
  });
  field.addEventListener("input", (event) => {
    rich.value = event.inputType === "insertFromPaste" ? pasted : "";
    pasted = "";
  });
}

startAllIn(document.body);
// Filters, dialogs and added rows arrive later.
new MutationObserver((changes) => {
  for (const change of changes)
    for (const node of change.addedNodes) if (node.nodeType === Node.ELEMENT_NODE && node.isConnected) startAllIn(node);
}).observe(document.body, { childList: true, subtree: true });
