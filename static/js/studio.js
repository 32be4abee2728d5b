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

startAllIn(document.body);
// Filters, dialogs and added rows arrive later.
new MutationObserver((changes) => {
  for (const change of changes)
    for (const node of change.addedNodes) if (node.nodeType === Node.ELEMENT_NODE && node.isConnected) startAllIn(node);
}).observe(document.body, { childList: true, subtree: true });
