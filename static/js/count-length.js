// Counts the first paragraph and the text of a release while they are typed, against the most its kind takes.
// The server counts the same when it is handed in.
const marks = /^(## |- |> )/gm;
const length = (text, language) => language === "en" ? (text.match(/\S*[\p{L}\p{N}]\S*/gu) ?? []).length : [...text.replace(/\s/g, "")].length;

export default (group) => {
  const language = group.dataset.language;
  const line = group.querySelector("[data-limits]");
  const limits = Object.fromEntries(line.dataset.limits.split(" ").map((pair) => pair.split(":")));
  const output = line.querySelector("output");
  const lead = group.querySelector(`[name=lead_${language}]`), body = group.querySelector(`[name=body_${language}]`);
  const kind = group.form.elements.kind;
  const show = () => {
    const n = length(`${lead.value}\n${body.value.replace(marks, "")}`, language), most = Number(limits[kind.value]);
    output.textContent = line.dataset.sentence.replace("NNN", n).replace("MMM", most);
    line.classList.toggle("err", n > most);
  };
  group.addEventListener("input", show);
  kind.addEventListener("change", show);
  show();
};
