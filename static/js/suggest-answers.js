// While a letter is written, shows what is published about it: the same list the check page shows.
const PAUSE = 700, LEAST = 4, MOST = 300;

export default (form) => {
  const place = document.querySelector("[data-answers-place]");
  const fields = form.querySelectorAll("[name=title], [name=text], [name=q], [name=action]");
  if (!place) return;
  let timer, asked = "";
  const show = async () => {
    const question = [...fields].map((field) => field.value).join(" ").trim().slice(0, MOST);
    if (question.length < LEAST || question === asked) return;
    asked = question;
    try {
      const answer = await fetch(`${form.dataset.answersFrom}?${new URLSearchParams({ q: question })}`);
      if (!answer.ok || question !== asked) return;
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      const found = page.querySelector("[data-answers]");
      if (found) place.replaceChildren(...found.children);
    } catch {
      /* no line: the check page shows them later */
    }
  };
  const soon = () => {
    clearTimeout(timer);
    timer = setTimeout(show, PAUSE);
  };
  for (const field of fields) field.addEventListener("input", soon);
  // What was typed before the script came, or stands there from before.
  soon();
};
