// Small behaviours bound by data-behaviour; every page works before this file arrives.
const loaders = {};

async function bind(root) {
  for (const element of root.querySelectorAll("[data-behaviour]")) {
    if (element.closest("[data-still]")) continue; // samples of /design/ only stand there
    for (const name of element.dataset.behaviour.split(" ")) {
      if (element[`bound:${name}`] || !/^[a-z-]+$/.test(name)) continue;
      element[`bound:${name}`] = true;
      loaders[name] ??= import(`./${name}.js`);
      (await loaders[name]).default(element);
    }
  }
}

bind(document);
document.addEventListener("engage:swapped", (event) => bind(event.target));
