// Keeps what is typed on this device every three seconds, and brings it back after a crash, a lost line or a closed tab.
const PREFIX = "engage:text:";
const SECONDS = 3;

const read = (form) => {
  const kept = {};
  for (const { name, type, value, checked } of form.elements) {
    if (!name || type === "hidden" || name === "csrfmiddlewaretoken") continue;
    if (type === "radio" || type === "checkbox") {
      if (checked) kept[name] = value;
    } else kept[name] = value;
  }
  return kept;
};

const fill = (form, kept) => {
  for (const element of form.elements) {
    if (!(element.name in kept) || element.type === "hidden") continue;
    if (element.type === "radio" || element.type === "checkbox") element.checked = element.value === kept[element.name];
    else element.value = kept[element.name];
    element.dispatchEvent(new Event("input", { bubbles: true }));
  }
};

export default (form) => {
  const key = PREFIX + form.dataset.keep;
  const note = form.querySelector("[data-saved]");
  const say = (moment) => {
    const time = new Date(moment).toLocaleTimeString(document.documentElement.lang, { hour: "2-digit", minute: "2-digit" });
    note.textContent = `${note.dataset.words} ${time}`;
    note.hidden = false;
  };
  const untouched = () => !form.querySelector("[name=text]").value.trim();

  try {
    const kept = JSON.parse(localStorage.getItem(key) ?? "null");
    if (kept && untouched()) {
      if (kept.sent) localStorage.removeItem(key);
      else {
        fill(form, kept.fields);
        say(kept.at);
      }
    }
  } catch {
    localStorage.removeItem(key);
  }

  let last = JSON.stringify(read(form));
  const keep = () => {
    const now = JSON.stringify(read(form));
    if (now === last || untouched()) return;
    last = now;
    try {
      localStorage.setItem(key, JSON.stringify({ fields: JSON.parse(now), at: Date.now() }));
      say(Date.now());
    } catch {
      note.hidden = true;
    }
  };
  const timer = setInterval(() => (form.isConnected ? keep() : clearInterval(timer)), SECONDS * 1000);
  addEventListener("pagehide", keep);
  form.addEventListener("submit", () => {
    try {
      localStorage.setItem(key, JSON.stringify({ fields: read(form), at: Date.now(), sent: true }));
    } catch {
      /* storage is full or forbidden: the server keeps the text from here */
    }
    clearInterval(timer);
  });
};
