// The count of a petition as it goes on: asked for every five seconds while the page is seen, until it closes.
const EVERY = 5000;

export default (panel) => {
  const find = (name) => panel.querySelector(`[data-${name}]`);
  const bar = panel.querySelector("progress");
  let timer = 0;

  const show = (told) => {
    find("written").textContent = told.written;
    if (find("label")) find("label").textContent = told.label;
    if (find("need")) find("need").textContent = told.need;
    if (bar) {
      if (told.goal) bar.max = told.goal;
      bar.value = told.signatures;
      bar.setAttribute("aria-label", told.label);
    }
  };
  const ask = async () => {
    const answer = await fetch(panel.dataset.url, { credentials: "omit" }).catch(() => null);
    if (answer?.ok) {
      const told = await answer.json();
      show(told);
      if (told.state !== "open") return; // what is closed moves no more
    } else if (answer?.status === 404) {
      return;
    }
    plan();
  };
  const plan = () => {
    clearTimeout(timer);
    if (!document.hidden) timer = setTimeout(ask, EVERY);
  };
  document.addEventListener("visibilitychange", plan);
  plan();
};
