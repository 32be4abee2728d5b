// Keeps what is typed on this device every three seconds, and brings it back after a crash, a lost line or a closed tab.
const PREFIX = "engage:text:";
const SECONDS = 3;

// A suggested wording is an article's text in one language: on the page in the other it would pass for a change.
const nameOf = ({ name }) => (name === "suggested" ? `${name} ${document.documentElement.lang}` : name);

const read = (form) => {
  const kept = {};
  for (const element of form.elements) {
    const { name, type, value, checked } = element;
    if (!name || type === "hidden" || name === "csrfmiddlewaretoken") continue;
    if (type === "radio" || type === "checkbox") {
      if (checked) kept[name] = value;
    } else kept[nameOf(element)] = value;
  }
  return kept;
};

const fill = (form, kept) => {
  for (const element of form.elements) {
    const name = nameOf(element);
    if (!(name in kept) || element.type === "hidden") continue;
    if (element.type === "radio" || element.type === "checkbox") element.checked = element.value === kept[name];
    else element.value = kept[name];
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
  let fields = {};
  const main = form.querySelector("[name=text]") ?? form.querySelector("textarea");
  const untouched = () => !main.value.trim();

  try {
    const kept = JSON.parse(localStorage.getItem(key) ?? "null");
    if (kept && untouched()) {
      if (kept.sent) localStorage.removeItem(key);
      else {
        fields = kept.fields;
        fill(form, fields);
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
      localStorage.setItem(key, JSON.stringify({ fields: { ...fields, ...JSON.parse(now) }, at: Date.now() }));
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
