// Small behaviours bound by data-behaviour; every page works before this file arrives.
const loaders = {};

async function bindOne(element, name) {
  if (element[`bound:${name}`] || !/^[a-z-]+$/.test(name)) return;
  element[`bound:${name}`] = true;
  loaders[name] ??= import(`./${name}.js`); // all asked for at once: a far server is waited for once
  (await loaders[name]).default(element);
}

async function bind(root) {
  const pending = [];
  for (const element of root.querySelectorAll("[data-behaviour]")) {
    if (element.closest("[data-still]")) continue; // samples of /design/ only stand there
    for (const name of element.dataset.behaviour.split(" ")) pending.push(bindOne(element, name));
  }
  await Promise.all(pending);
}

bind(document).then(() => {
  document.documentElement.dataset.bound = "";
  document.dispatchEvent(new Event("engage:bound"));
});
document.addEventListener("engage:swapped", (event) => bind(event.target));
