// The first field that somebody fills in has the focus, unless a summary of errors has it.
export default (form) => {
  if (document.querySelector(".errors")) return;
  (form.querySelector("[autofocus]") ?? form.querySelector("input:not([type=hidden]), select, textarea"))?.focus();
};
